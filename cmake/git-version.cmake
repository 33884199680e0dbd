# Run as a script: writes OUTPUT from corbridge_version.h.in; leaves the file alone when nothing changed, so
# that nothing is compiled anew.
set(COMMIT unknown)
find_program(GIT git)
if(GIT)
  execute_process(COMMAND ${GIT} -C ${SOURCE} rev-parse --short=12 HEAD
    OUTPUT_VARIABLE hash RESULT_VARIABLE rc OUTPUT_STRIP_TRAILING_WHITESPACE ERROR_QUIET)
  if(rc EQUAL 0)
    set(COMMIT ${hash})
    execute_process(COMMAND ${GIT} -C ${SOURCE} diff-index --quiet HEAD -- RESULT_VARIABLE changed ERROR_QUIET)
    if(NOT changed EQUAL 0)
      string(APPEND COMMIT "-changed")
    endif()
  endif()
endif()
configure_file(${SOURCE}/cmake/corbridge_version.h.in ${OUTPUT} @ONLY)
