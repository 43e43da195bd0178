# cmake --install: program, library, headers, CMake package, .pc file.
include(CMakePackageConfigHelpers)

install(TARGETS treadscope EXPORT treadscope-targets
    LIBRARY DESTINATION ${CMAKE_INSTALL_LIBDIR})
if(TARGET treadscope_cli)
    install(TARGETS treadscope_cli RUNTIME DESTINATION ${CMAKE_INSTALL_BINDIR})
endif()
install(TARGETS treadscope_window
    LIBRARY DESTINATION ${CMAKE_INSTALL_LIBDIR}/treadscope)
install(DIRECTORY include/treadscope DESTINATION ${CMAKE_INSTALL_INCLUDEDIR})
install(EXPORT treadscope-targets NAMESPACE treadscope::
    DESTINATION ${CMAKE_INSTALL_LIBDIR}/cmake/treadscope)
write_basic_package_version_file(${CMAKE_CURRENT_BINARY_DIR}/treadscope-config-version.cmake
    COMPATIBILITY SameMajorVersion)
file(WRITE ${CMAKE_CURRENT_BINARY_DIR}/treadscope-config.cmake
    "include(\${CMAKE_CURRENT_LIST_DIR}/treadscope-targets.cmake)\n")
install(FILES ${CMAKE_CURRENT_BINARY_DIR}/treadscope-config.cmake
    ${CMAKE_CURRENT_BINARY_DIR}/treadscope-config-version.cmake
    DESTINATION ${CMAKE_INSTALL_LIBDIR}/cmake/treadscope)
configure_file(cmake/treadscope.pc.in treadscope.pc @ONLY)
install(FILES ${CMAKE_CURRENT_BINARY_DIR}/treadscope.pc
    DESTINATION ${CMAKE_INSTALL_LIBDIR}/pkgconfig)

# The weights, where `npm ci` has put them.
set(weights ${PROJECT_SOURCE_DIR}/models/pose/node_modules/@mediapipe/pose)
foreach(file pose_landmark_lite.tflite pose_landmark_full.tflite pose_landmark_heavy.tflite
             pose_solution_packed_assets.data)
    install(FILES ${weights}/${file} DESTINATION ${CMAKE_INSTALL_DATADIR}/treadscope/models/pose
            OPTIONAL)
endforeach()

install(FILES ${PROJECT_SOURCE_DIR}/models/session.schema.json
        DESTINATION ${CMAKE_INSTALL_DATADIR}/treadscope/models)
install(FILES ${PROJECT_SOURCE_DIR}/models/form/running.yaml
        DESTINATION ${CMAKE_INSTALL_DATADIR}/treadscope/models/form)
