#pragma once

namespace sallyport::hardening {

/// Whether this program was built with the address or thread sanitizer. Their run-time reads the
/// process's own maps and files, traces it and makes processes, so in such a build alone the filter
/// of system calls is left out and all files may be read. No switch does that to another build.
#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
inline constexpr bool is_sanitized = true;
#elif defined(__has_feature)
#if __has_feature(address_sanitizer) || __has_feature(thread_sanitizer)
inline constexpr bool is_sanitized = true;
#else
inline constexpr bool is_sanitized = false;
#endif
#else
inline constexpr bool is_sanitized = false;
#endif

}  // namespace sallyport::hardening
