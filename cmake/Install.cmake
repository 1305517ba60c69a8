# What `cmake --install` makes: a tree that can be moved. The program finds what is shipped by where it stands itself.
include(GNUInstallDirs)
set(CMAKE_SKIP_INSTALL_ALL_DEPENDENCY ON)  # only what is installed need be built, not the tests

set(WEIR_SHARE ${CMAKE_INSTALL_DATADIR}/weir)
file(RELATIVE_PATH WEIR_SHARE_FROM_PROGRAM ${CMAKE_INSTALL_FULL_BINDIR} ${CMAKE_INSTALL_FULL_DATADIR}/weir)

# In a build folder, the same place is the source tree.
file(RELATIVE_PATH source_tree ${PROJECT_BINARY_DIR}/share ${PROJECT_SOURCE_DIR})
file(MAKE_DIRECTORY ${PROJECT_BINARY_DIR}/share)
file(CREATE_LINK ${source_tree} ${PROJECT_BINARY_DIR}/share/weir SYMBOLIC)

install(DIRECTORY configs dataflows workloads sweeps validation schemas DESTINATION ${WEIR_SHARE})
install(DIRECTORY scripts/ DESTINATION ${WEIR_SHARE}/scripts USE_SOURCE_PERMISSIONS
  FILES_MATCHING PATTERN *.py PATTERN requirements.txt PATTERN plot
  PATTERN make_workloads.py EXCLUDE PATTERN weir_trees.py EXCLUDE PATTERN weir_options.py EXCLUDE PATTERN __pycache__ EXCLUDE)
install(CODE "
  file(MAKE_DIRECTORY \"\$ENV{DESTDIR}\${CMAKE_INSTALL_PREFIX}/${CMAKE_INSTALL_BINDIR}\")
  file(CREATE_LINK ${WEIR_SHARE_FROM_PROGRAM}/scripts/plot
    \"\$ENV{DESTDIR}\${CMAKE_INSTALL_PREFIX}/${CMAKE_INSTALL_BINDIR}/weir-plot\" SYMBOLIC)")

install(DIRECTORY docs DESTINATION ${CMAKE_INSTALL_DOCDIR})
install(FILES README.md CHANGELOG.md LICENSE CITATION.cff packaging/copyright DESTINATION ${CMAKE_INSTALL_DOCDIR})

install(FILES packaging/completion.bash DESTINATION ${CMAKE_INSTALL_DATADIR}/bash-completion/completions RENAME weir)
# zsh looks into site-functions below /usr/local, Debian's zsh into vendor-completions below /usr.
foreach(folder site-functions vendor-completions)
  install(FILES packaging/completion.zsh DESTINATION ${CMAKE_INSTALL_DATADIR}/zsh/${folder} RENAME _weir)
endforeach()
