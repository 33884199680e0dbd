# Run as a script: fails when docs/events.md is not what event_table.awk makes of messages.mc.
set(room ${SOURCE}/service/windows)
execute_process(COMMAND ${AWK} -v form=markdown -f ${room}/event_table.awk ${room}/messages.mc
  OUTPUT_FILE ${OUTPUT} COMMAND_ERROR_IS_FATAL ANY)
execute_process(COMMAND ${CMAKE_COMMAND} -E compare_files ${OUTPUT} ${SOURCE}/docs/events.md RESULT_VARIABLE differs)
if(differs)
  message(FATAL_ERROR "docs/events.md is out of date; the head of tests/unit/service/CMakeLists.txt says how to make it anew")
endif()
