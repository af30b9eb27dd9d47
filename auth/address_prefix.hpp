#pragma once

#include <array>
#include <boost/assert/source_location.hpp>
#include <boost/system/result.hpp>
#include <string>
#include <string_view>

namespace sallyport::auth {

/// Why a text names no addresses: a sentence part in lower case for whoever wrote it.
struct PrefixProblem {
    std::string sentence;
};

/// Called by `value()` on a prefix that was refused: throws std::runtime_error.
[[noreturn]] void throw_exception_from_error(const PrefixProblem& problem,
                                             const boost::source_location& where);

/// A range of IP addresses, such as 198.51.100.0/24 or 2001:db8::/32.
class AddressPrefix {
  public:
    /// An address with or without a length. Bits behind the prefix must be zero, so that
    /// "10.1.2.3/8" is found to be a mistake.
    [[nodiscard]] static boost::system::result<AddressPrefix, PrefixProblem> parse(
        std::string_view text);

    /// `address`: as text without port, a zone is ignored. Nothing else than an address is
    /// contained. An IPv4 address written as IPv6 (::ffff:192.0.2.1) is the IPv4 address.
    [[nodiscard]] bool contains(const std::string& address) const;
    bool operator==(const AddressPrefix&) const = default;

  private:
    std::array<unsigned char, 16> bytes_{};  ///< IPv4 as ::ffff:a.b.c.d
    unsigned bits_ = 0;                      ///< of `bytes_`, from the left, that count
};

/// Is `text` an IPv4 or IPv6 address, without port, brackets and zone?
[[nodiscard]] bool is_address(const std::string& text);

}  // namespace sallyport::auth
