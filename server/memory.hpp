#pragma once

namespace sallyport::server {

/// From now on the calling thread waits where there is no memory, until there is some; all others
/// go on to be told with std::bad_alloc, which ends a session there. For the thread that everybody
/// depends on: it accepts connections and takes signals, in coroutines that would be gone for good.
void wait_for_memory_on_this_thread() noexcept;
[[nodiscard]] bool waits_for_memory_on_this_thread() noexcept;

/// Gives others a while to free some.
void pause_for_memory() noexcept;

}  // namespace sallyport::server
