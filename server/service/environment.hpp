#pragma once

#include <cstdint>
#include <optional>
#include <string>

/// What a service manager says through environment variables. To be called before threads start.
namespace sallyport::service {

/// Empty when there is no such variable.
[[nodiscard]] std::string text_in_environment(const char* name);
/// A decimal number; nothing when there is no such variable, or it holds anything else.
[[nodiscard]] std::optional<std::uint64_t> number_in_environment(const char* name);
/// False when the variable names another process: then what comes with it was meant for that one,
/// and has only been inherited.
[[nodiscard]] bool is_for_us(const char* pid_variable);

}  // namespace sallyport::service
