# cb_options: what every target of the project is compiled with. Dependencies are built elsewhere and
# without it (cmake/deps.sh): their warnings are not ours to fix.
add_library(cb_options INTERFACE)
target_include_directories(cb_options INTERFACE ${PROJECT_SOURCE_DIR} ${PROJECT_BINARY_DIR}/generated)
target_compile_options(cb_options INTERFACE
  -Wall -Wextra -Wconversion -Wshadow -Wformat=2 -Wstrict-prototypes -Wmissing-prototypes -Wvla
  -Werror
  -fno-common -fno-strict-aliasing)

if(WIN32)
  # 0x0A00 is Windows 10 and Server 2016, the oldest that are supported. mingw's own printf understands
  # %zu and %lld, msvcrt's does not.
  target_compile_definitions(cb_options INTERFACE
    _WIN32_WINNT=0x0A00 WINVER=0x0A00 NTDDI_VERSION=0x0A000000
    UNICODE _UNICODE WIN32_LEAN_AND_MEAN NOMINMAX __USE_MINGW_ANSI_STDIO=1)
  target_link_options(cb_options INTERFACE
    -static -Wl,--dynamicbase,--high-entropy-va,--nxcompat)
else()
  target_compile_definitions(cb_options INTERFACE _GNU_SOURCE _FILE_OFFSET_BITS=64)
  find_package(Threads REQUIRED)
  target_link_libraries(cb_options INTERFACE Threads::Threads)
endif()

if(CMAKE_BUILD_TYPE STREQUAL "Release")
  target_compile_options(cb_options INTERFACE -fstack-protector-strong -U_FORTIFY_SOURCE -D_FORTIFY_SOURCE=2)
  # Named at the link too: under mingw-w64 it brings in libssp.
  target_link_options(cb_options INTERFACE -fstack-protector-strong)
endif()

# CORBRIDGE_SANITIZE: "", "address" (ASan and UBSan), "thread" or "fuzzer" (libFuzzer, ASan and UBSan; clang).
set(CORBRIDGE_SANITIZE "" CACHE STRING "address, thread, fuzzer or empty")
if(CORBRIDGE_SANITIZE STREQUAL "address")
  set(sanitizers -fsanitize=address,undefined -fno-sanitize-recover=all)
elseif(CORBRIDGE_SANITIZE STREQUAL "thread")
  set(sanitizers -fsanitize=thread)
elseif(CORBRIDGE_SANITIZE STREQUAL "fuzzer")
  set(sanitizers -fsanitize=fuzzer-no-link,address,undefined -fno-sanitize-recover=all -O1)
elseif(CORBRIDGE_SANITIZE)
  message(FATAL_ERROR "CORBRIDGE_SANITIZE is '${CORBRIDGE_SANITIZE}': expected address, thread, fuzzer or nothing")
endif()
if(sanitizers)
  target_compile_options(cb_options INTERFACE ${sanitizers} -fno-omit-frame-pointer)
  target_link_options(cb_options INTERFACE ${sanitizers})
endif()
