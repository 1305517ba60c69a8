# What makes the build short: headers that most files include are compiled once, and code that no user waits for is
# optimized less.
#   weir_kind(TARGET KIND): fast is what counts, times and searches; plain is what reads, writes and asks; test is tests.
option(WEIR_PRECOMPILE "Compile the headers that most files include only once" ON)

set(headers_fast <algorithm> <array> <cstdint> <functional> <limits> <map> <memory> <numeric> <optional> <set> <span>
  <stdexcept> <string> <string_view> <unordered_map> <utility> <vector> <fmt/format.h> <fmt/ranges.h>)
set(headers_plain ${headers_fast} <filesystem> <fstream> <sstream> <variant> <nlohmann/json.hpp>)
set(headers_test ${headers_plain} <random> <gtest/gtest.h>)

function(weir_kind target kind)
  set(level "")
  if(NOT kind STREQUAL fast)
    set(level $<$<CONFIG:Release>:-O1>)
  endif()
  target_compile_options(${target} PRIVATE ${level})
  if(NOT WEIR_PRECOMPILE)
    return()
  endif()
  if(NOT TARGET weir_headers_${kind})
    set(source ${PROJECT_BINARY_DIR}/weir_headers_${kind}.cpp)
    file(CONFIGURE OUTPUT ${source} CONTENT "// The headers of weir_kind(... ${kind}) are compiled with this file.\n")
    add_library(weir_headers_${kind} OBJECT ${source})
    target_compile_options(weir_headers_${kind} PRIVATE ${level})
    target_link_libraries(weir_headers_${kind} PRIVATE weir_flags fmt::fmt ${ARGN})
    if(NOT kind STREQUAL fast)
      target_link_libraries(weir_headers_${kind} PRIVATE nlohmann_json::nlohmann_json)
    endif()
    target_precompile_headers(weir_headers_${kind} PRIVATE ${headers_${kind}})
  endif()
  target_precompile_headers(${target} REUSE_FROM weir_headers_${kind})
endfunction()
