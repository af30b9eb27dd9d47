# sallyport_library(NAME LINK ...): a static library of all .cpp files below the current folder, except those
# in folders that define targets of their own.
function(sallyport_library name)
    cmake_parse_arguments(PARSE_ARGV 1 arg "" "" "LINK;EXCLUDE")
    file(GLOB_RECURSE sources CONFIGURE_DEPENDS ${CMAKE_CURRENT_SOURCE_DIR}/*.cpp)
    foreach(pattern IN LISTS arg_EXCLUDE)
        list(FILTER sources EXCLUDE REGEX "${pattern}")
    endforeach()
    add_library(${name} STATIC ${sources})
    target_link_libraries(${name} PUBLIC sallyport_options ${arg_LINK})
    if(NOT SALLYPORT_NO_PCH)
        target_precompile_headers(${name} PRIVATE <cmake/precompiled.hpp>)
    endif()
endfunction()
