# cb_test(NAME test_x SOURCES test_x.c [LIBS cb_parser ...] [ARGS ...] [LABELS ...] [TIMEOUT seconds])
#
# One test program, linked with cmocka and tests/support, registered with ctest under its name. Under mingw-w64
# it runs in Wine, on one CPU, with the wineserver that the fixture below keeps alive. An exit code of 0 is not
# believed alone: a crash under Wine can give 0, so what a crash or a sanitizer prints fails the test too.
set(CORBRIDGE_FAIL_PATTERN "wine: Unhandled|ERROR: AddressSanitizer|ERROR: LeakSanitizer|WARNING: ThreadSanitizer|FATAL: ThreadSanitizer|runtime error:")

function(cb_test)
  cmake_parse_arguments(T "" "NAME;TIMEOUT" "SOURCES;LIBS;ARGS;LABELS" ${ARGN})
  if(NOT T_NAME OR NOT T_SOURCES OR T_UNPARSED_ARGUMENTS)
    message(FATAL_ERROR "cb_test: NAME and SOURCES are needed; not understood: '${T_UNPARSED_ARGUMENTS}'")
  endif()
  add_executable(${T_NAME} ${T_SOURCES})
  target_link_libraries(${T_NAME} PRIVATE ${T_LIBS} cb_test_support cb_options dep_cmocka)
  add_test(NAME ${T_NAME} COMMAND ${T_NAME} ${T_ARGS})
  cb_test_properties(${T_NAME} "${T_TIMEOUT}" "${T_LABELS}")
endfunction()

# The same guard for a test that is a script or a command: add_test(NAME x ...), then cb_test_properties(x).
function(cb_test_properties name)
  set(timeout 60)
  if(ARGC GREATER 1 AND NOT "${ARGV1}" STREQUAL "")
    set(timeout ${ARGV1})
  endif()
  set_tests_properties(${name} PROPERTIES
    TIMEOUT ${timeout}
    LABELS "${ARGV2}"
    FAIL_REGULAR_EXPRESSION "${CORBRIDGE_FAIL_PATTERN}"
    ENVIRONMENT "ASAN_OPTIONS=detect_leaks=1:abort_on_error=0;UBSAN_OPTIONS=print_stacktrace=1;TSAN_OPTIONS=halt_on_error=1:second_deadlock_stack=1")
  if(WIN32)
    set_tests_properties(${name} PROPERTIES FIXTURES_REQUIRED wine)
  endif()
endfunction()

if(WIN32)
  add_test(NAME wine_start COMMAND ${PROJECT_SOURCE_DIR}/cmake/wine-run.sh --start)
  add_test(NAME wine_stop COMMAND ${PROJECT_SOURCE_DIR}/cmake/wine-run.sh --stop)
  set_tests_properties(wine_start PROPERTIES FIXTURES_SETUP wine TIMEOUT 180)
  set_tests_properties(wine_stop PROPERTIES FIXTURES_CLEANUP wine TIMEOUT 60)
endif()
