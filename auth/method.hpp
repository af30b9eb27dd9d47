#pragma once

#include <array>
#include <cstdint>
#include <initializer_list>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace sallyport::auth {

/// A way to show who one is; one bit each in `Methods`.
enum class Method : std::uint8_t {
    certificate,  ///< a TLS client certificate
    publickey,    ///< an SSH key
    password,
    totp,  ///< a time-based one-time code (RFC 6238)
};
/// In the order in which they are named together, as in "publickey+totp".
inline constexpr std::array all_methods{Method::certificate, Method::publickey, Method::password,
                                        Method::totp};

/// The word used in configuration files and events, such as "publickey".
[[nodiscard]] std::string_view name_of(Method method);
[[nodiscard]] std::optional<Method> method_named(std::string_view word);

/// A set of methods. Default-constructed: none.
class Methods {
  public:
    constexpr Methods() = default;
    constexpr Methods(std::initializer_list<Method> methods) {
        for (Method method : methods) insert(method);
    }
    constexpr void insert(Method method) { bits_ |= bit(method); }
    [[nodiscard]] constexpr bool empty() const { return bits_ == 0; }
    [[nodiscard]] constexpr bool contains(Method method) const {
        return (bits_ & bit(method)) != 0;
    }
    [[nodiscard]] constexpr bool contains(Methods others) const {
        return (bits_ & others.bits_) == others.bits_;
    }
    [[nodiscard]] constexpr bool overlaps(Methods others) const {
        return (bits_ & others.bits_) != 0;
    }
    [[nodiscard]] constexpr Methods operator|(Methods other) const {
        return Methods(static_cast<std::uint8_t>(bits_ | other.bits_));
    }
    [[nodiscard]] constexpr Methods without(Methods other) const {
        return Methods(static_cast<std::uint8_t>(bits_ & ~other.bits_));
    }
    constexpr bool operator==(const Methods&) const = default;

  private:
    explicit constexpr Methods(std::uint8_t bits) : bits_(bits) {}
    static constexpr std::uint8_t bit(Method method) {
        return static_cast<std::uint8_t>(1U << static_cast<unsigned>(method));
    }
    std::uint8_t bits_ = 0;
};

/// "publickey+totp"; empty for none.
[[nodiscard]] std::string str(Methods methods);

/// What one user may log in with: any one of these sets, of which everything must be shown, in any
/// order. None: nothing lets the user in.
using Combinations = std::vector<Methods>;

/// True when `shown` holds all of one of the combinations.
[[nodiscard]] bool suffices(const Combinations& combinations, Methods shown);

/// What is left of each combination when `shown` is taken away; each once.
[[nodiscard]] Combinations rest_of(const Combinations& combinations, Methods shown);

/// The methods of all combinations together.
[[nodiscard]] Methods all_of(const Combinations& combinations);

}  // namespace sallyport::auth
