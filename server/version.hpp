#pragma once

namespace sallyport {

/// Of the program, as CMake knows it.
inline constexpr const char* version = SALLYPORT_VERSION;

}  // namespace sallyport
