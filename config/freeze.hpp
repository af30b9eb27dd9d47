#pragma once

#include <memory>

#include "config/draft.hpp"

namespace sallyport::config {

/// The configuration that a draft without mistakes stands for.
[[nodiscard]] std::shared_ptr<const Config> freeze(Draft draft);

}  // namespace sallyport::config
