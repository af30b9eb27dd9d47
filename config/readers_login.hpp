#pragma once

#include <vector>

#include "config/readers.hpp"

namespace sallyport::config {

/// Sets of methods joined by '+', each with its place.
[[nodiscard]] Reader<std::vector<PlacedMethods>> some_combinations();
/// A secret for one-time codes in base32, itself or as "file:PATH" or "env:NAME"; its bytes. Never
/// quoted in a report, and shown masked.
[[nodiscard]] Reader<auth::Secret> a_totp_secret();
/// Names of certificates as `auth::parse_certificate_name` reads them.
[[nodiscard]] Reader<std::vector<auth::CertificateName>> some_certificates();

}  // namespace sallyport::config
