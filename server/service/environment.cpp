#include "server/service/environment.hpp"

#include <unistd.h>

#include <charconv>
#include <cstdlib>

namespace sallyport::service {

std::string text_in_environment(const char* name) {
    const char* const value = std::getenv(name);
    return value ? value : "";
}

std::optional<std::uint64_t> number_in_environment(const char* name) {
    const std::string text = text_in_environment(name);
    std::uint64_t number = 0;
    const char* const end = text.data() + text.size();
    const auto [stopped, error] = std::from_chars(text.data(), end, number);
    if (error != std::errc() || stopped != end) return std::nullopt;
    return number;
}

bool is_for_us(const char* pid_variable) {
    if (text_in_environment(pid_variable).empty()) return true;
    return number_in_environment(pid_variable) == static_cast<std::uint64_t>(::getpid());
}

}  // namespace sallyport::service
