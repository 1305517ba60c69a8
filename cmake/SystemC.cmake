# Debian's libsystemc-dev has no CMake package: make the imported target systemc::systemc from what is installed.
find_path(SYSTEMC_INCLUDE_DIR systemc REQUIRED)
find_library(SYSTEMC_LIBRARY systemc REQUIRED)
find_package(Threads REQUIRED)

add_library(systemc::systemc UNKNOWN IMPORTED)
set_target_properties(systemc::systemc PROPERTIES
  IMPORTED_LOCATION "${SYSTEMC_LIBRARY}"
  INTERFACE_INCLUDE_DIRECTORIES "${SYSTEMC_INCLUDE_DIR}"
  # The packaged library was built as C++17 and checks at link time that its users were, too.
  INTERFACE_COMPILE_DEFINITIONS "SC_CPLUSPLUS=201703L"
  INTERFACE_LINK_LIBRARIES Threads::Threads)
