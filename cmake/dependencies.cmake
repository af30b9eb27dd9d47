# Debian 12 packages only; nothing is vendored and nothing is downloaded.

# require_debian_package(NAME VERSION): where dpkg knows the package, it must not be older.
function(require_debian_package name version)
    find_program(DPKG_QUERY dpkg-query)
    find_program(DPKG dpkg)
    if(NOT DPKG_QUERY OR NOT DPKG)
        return()
    endif()
    execute_process(COMMAND ${DPKG_QUERY} -W -f \${Version} ${name}
        OUTPUT_VARIABLE installed RESULT_VARIABLE unknown ERROR_QUIET)
    if(unknown)
        return()
    endif()
    execute_process(COMMAND ${DPKG} --compare-versions ${installed} ge ${version} RESULT_VARIABLE older)
    if(older)
        message(FATAL_ERROR "${name} ${installed} is too old: ${version} or later is needed")
    endif()
endfunction()

find_package(Threads REQUIRED)
find_package(Boost 1.81 REQUIRED COMPONENTS json)
find_package(OpenSSL 3.0 REQUIRED)
find_package(spdlog REQUIRED)
find_package(fmt REQUIRED)
find_package(CLI11 REQUIRED)
find_package(PkgConfig REQUIRED)
pkg_check_modules(libssh REQUIRED IMPORTED_TARGET libssh>=0.10.6)
require_debian_package(libssh-dev 0.10.6-0+deb12u3)  # before: forged AES-GCM packets get through
pkg_check_modules(prometheus REQUIRED IMPORTED_TARGET prometheus-cpp-core)
pkg_check_modules(sodium REQUIRED IMPORTED_TARGET libsodium)
pkg_check_modules(cap REQUIRED IMPORTED_TARGET libcap)
pkg_check_modules(seccomp REQUIRED IMPORTED_TARGET libseccomp>=2.5)
pkg_check_modules(tomlplusplus REQUIRED IMPORTED_TARGET tomlplusplus)
