#pragma once

namespace sallyport::cli {

inline constexpr int exit_ok = 0;
inline constexpr int exit_refused = 1;
inline constexpr int exit_usage = 2;

}  // namespace sallyport::cli
