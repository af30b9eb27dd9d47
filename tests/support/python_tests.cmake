# sallyport_python_tests(LABEL SECONDS [NAME=VALUE...]): every test_*.py of the current folder as LABEL.<name>, run
# against the built server by Debian's own python3, never by one that happens to come first in PATH, with further
# variables in its environment.
find_program(SALLYPORT_TEST_PYTHON python3 PATHS /usr/bin NO_DEFAULT_PATH REQUIRED)

function(sallyport_python_tests label seconds)
    file(GLOB files CONFIGURE_DEPENDS ${CMAKE_CURRENT_SOURCE_DIR}/test_*.py)
    math(EXPR limit "${seconds} + 30")
    foreach(file IN LISTS files)
        get_filename_component(name ${file} NAME_WE)
        string(REGEX REPLACE "^test_" "" name ${name})
        add_test(NAME ${label}.${name}
            COMMAND ${SALLYPORT_TEST_PYTHON} -B ${PROJECT_SOURCE_DIR}/tests/support/run.py ${file})
        set_tests_properties(${label}.${name} PROPERTIES
            LABELS ${label} TIMEOUT ${limit} SKIP_RETURN_CODE 77
            ENVIRONMENT "SALLYPORT_BINARY=$<TARGET_FILE:sallyport>;SALLYPORT_TEST_SECONDS=${seconds};${ARGN}")
    endforeach()
endfunction()
