# What `cmake --install` puts where, and the Debian package that CPack makes of it (scripts/package).

install(TARGETS sallyport RUNTIME DESTINATION ${CMAKE_INSTALL_BINDIR} COMPONENT server)

set(documents ${CMAKE_INSTALL_DATAROOTDIR}/doc/sallyport)
install(FILES LICENSE DESTINATION ${documents} COMPONENT server)

configure_file(packaging/sallyport.service sallyport.service @ONLY)
install(FILES ${CMAKE_CURRENT_BINARY_DIR}/sallyport.service DESTINATION lib/systemd/system COMPONENT system)
install(FILES packaging/sallyport.toml DESTINATION ${CMAKE_INSTALL_FULL_SYSCONFDIR}/sallyport COMPONENT system)
install(DIRECTORY DESTINATION ${CMAKE_INSTALL_FULL_SYSCONFDIR}/sallyport/users COMPONENT system)
install(FILES packaging/users.toml.example DESTINATION ${documents}/examples COMPONENT system)
install(FILES README.md SECURITY.md DESTINATION ${documents} COMPONENT system)
install(DIRECTORY docs/ DESTINATION ${documents} COMPONENT system)

# install_compressed(SOURCE FOLDER NAME): as gzip, without a time stamp, so that two builds are the same.
find_program(GZIP gzip REQUIRED)
function(install_compressed source folder name)
    set(packed ${CMAKE_CURRENT_BINARY_DIR}/${name}.gz)
    add_custom_command(OUTPUT ${packed} DEPENDS ${source} VERBATIM
        COMMAND ${GZIP} -9nc ${CMAKE_CURRENT_SOURCE_DIR}/${source} > ${packed})
    add_custom_target(packed_${name} ALL DEPENDS ${packed})
    install(FILES ${packed} DESTINATION ${folder} COMPONENT system)
endfunction()
install_compressed(packaging/sallyport.1 ${CMAKE_INSTALL_MANDIR}/man1 sallyport.1)
install_compressed(packaging/changelog ${documents} changelog)
install(FILES packaging/copyright DESTINATION ${documents} COMPONENT system)

set(CPACK_GENERATOR DEB)
set(CPACK_PACKAGE_NAME sallyport)
set(CPACK_PACKAGE_CONTACT "Sallyport maintainers <maintainers@sallyport.example>")
set(CPACK_PACKAGE_DESCRIPTION_SUMMARY "receives files over FTPS and SFTP, and nothing in clear")
set(CPACK_PACKAGE_DESCRIPTION
"Server for files that partners and customers deliver. It speaks FTP over TLS
and SFTP, and has no switch that turns encryption off. Files appear under
their name when they are whole and on disk. Users, what they may do, and how
they prove who they are, are written in TOML files.")
set(CPACK_PACKAGING_INSTALL_PREFIX ${CMAKE_INSTALL_PREFIX})
set(CPACK_STRIP_FILES ON)
set(CPACK_DEB_COMPONENT_INSTALL OFF)
set(CPACK_DEBIAN_FILE_NAME DEB-DEFAULT)
set(CPACK_DEBIAN_PACKAGE_SECTION net)
set(CPACK_DEBIAN_PACKAGE_PRIORITY optional)
set(CPACK_DEBIAN_PACKAGE_HOMEPAGE "https://sallyport.example")
set(CPACK_DEBIAN_PACKAGE_SHLIBDEPS ON)
# An earlier libssh lets forged AES-GCM packets through.
set(CPACK_DEBIAN_PACKAGE_DEPENDS "adduser, libssh-4 (>= 0.10.6-0+deb12u3)")
set(CPACK_DEBIAN_PACKAGE_CONTROL_STRICT_PERMISSION ON)
set(CPACK_DEBIAN_PACKAGE_CONTROL_EXTRA
    ${PROJECT_SOURCE_DIR}/packaging/postinst ${PROJECT_SOURCE_DIR}/packaging/prerm
    ${PROJECT_SOURCE_DIR}/packaging/postrm ${PROJECT_SOURCE_DIR}/packaging/conffiles)
include(CPack)
