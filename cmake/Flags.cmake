# Compiler flags that every target of the project shares: link weir_flags.
option(WEIR_WERROR "Treat warnings as errors" OFF)
option(WEIR_SANITIZE "Build with the address and undefined-behaviour sanitizers" OFF)
option(WEIR_FUZZ "Build what fuzzes the readers of files, with Clang, instead of tests and benchmarks" OFF)

add_library(weir_flags INTERFACE)
target_compile_features(weir_flags INTERFACE cxx_std_20)
target_compile_options(weir_flags INTERFACE -Wall -Wextra -Wpedantic -Wshadow -Wconversion)
if(WEIR_WERROR)
  target_compile_options(weir_flags INTERFACE -Werror)
endif()
if(WEIR_SANITIZE)
  # With sanitizers GCC 12 falsely warns of uninitialized values within the standard library (std::regex).
  target_compile_options(weir_flags INTERFACE $<$<CXX_COMPILER_ID:GNU>:-Wno-maybe-uninitialized>)
  target_compile_options(weir_flags INTERFACE -fsanitize=address,undefined -fno-sanitize-recover=all -fno-omit-frame-pointer)
  target_link_options(weir_flags INTERFACE -fsanitize=address,undefined)
endif()
if(WEIR_FUZZ)
  target_compile_options(weir_flags INTERFACE
    -fsanitize=fuzzer-no-link,address,undefined -fno-sanitize-recover=all -fno-omit-frame-pointer)
  target_link_options(weir_flags INTERFACE -fsanitize=address,undefined)
endif()
