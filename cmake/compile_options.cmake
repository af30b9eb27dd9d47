add_library(sallyport_options INTERFACE)
target_include_directories(sallyport_options INTERFACE ${PROJECT_SOURCE_DIR})
target_compile_options(sallyport_options INTERFACE
    -Wall -Wextra -Wpedantic -Wconversion -Wshadow -Wnon-virtual-dtor -Werror
    -fstack-protector-strong -fstack-clash-protection $<$<CXX_COMPILER_ID:GNU>:-fcf-protection>)
# Asio is compiled once (server-wide) instead of in every file: most of the build time otherwise.
target_compile_definitions(sallyport_options INTERFACE
    BOOST_ASIO_SEPARATE_COMPILATION BOOST_ASIO_NO_DEPRECATED BOOST_ASIO_DISABLE_VISIBILITY)
if(NOT SALLYPORT_SANITIZE)
    target_compile_definitions(sallyport_options INTERFACE $<$<CONFIG:Release,RelWithDebInfo>:_FORTIFY_SOURCE=2>)
endif()
target_link_options(sallyport_options INTERFACE -Wl,-z,relro -Wl,-z,now)

if(SALLYPORT_SANITIZE)
    # At -O1 GCC 12 sees only half of Asio's allocation of coroutine frames.
    target_compile_options(sallyport_options INTERFACE -Wno-mismatched-new-delete
        -fsanitize=${SALLYPORT_SANITIZE} -fno-sanitize-recover=all -fno-omit-frame-pointer)
    if(CMAKE_CXX_COMPILER_ID MATCHES Clang)
        # Clang 14 cannot place what this check needs beside coroutines.
        target_compile_options(sallyport_options INTERFACE -fno-sanitize=function)
    endif()
    if(SALLYPORT_SANITIZE MATCHES thread)
        # Asio's fences are invisible to it: GCC warns, and reports on them would be false. Its extra
        # calls also make GCC 12 see moved variants as uninitialised.
        target_compile_options(sallyport_options INTERFACE -Wno-tsan -Wno-maybe-uninitialized)
    endif()
    target_link_options(sallyport_options INTERFACE -fsanitize=${SALLYPORT_SANITIZE})
endif()

include(CheckPIESupported)
check_pie_supported()
