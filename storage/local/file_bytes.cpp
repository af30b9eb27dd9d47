#include "storage/local/file_bytes.hpp"

#include <linux/fs.h>
#include <sys/ioctl.h>

#include <algorithm>
#include <vector>

#include "storage/local/file_status.hpp"

namespace sallyport::storage {
namespace {

constexpr std::size_t buffer_bytes = 256 * 1024;
constexpr std::uint64_t copy_step = 64 * 1024 * 1024;

Result<void> copy_by_hand(const Descriptor& from, const Descriptor& to, std::uint64_t first,
                          std::uint64_t last) {
    std::vector<std::byte> buffer(buffer_bytes);
    while (first < last) {
        const auto want =
            static_cast<std::size_t>(std::min<std::uint64_t>(buffer.size(), last - first));
        const auto got = read_at(from, first, std::span(buffer).first(want));
        if (!got) return got.error();
        if (*got == 0) return Error::changed;
        const auto written = write_at(to, first, std::span(buffer).first(*got));
        if (!written) return written;
        first += *got;
    }
    return {};
}

/// Where it ended; what is missing must be copied by hand.
std::uint64_t copy_in_kernel(const Descriptor& from, const Descriptor& to, std::uint64_t first,
                             std::uint64_t last) {
    while (first < last) {
        off_t in = static_cast<off_t>(first);
        off_t out = in;
        const auto step = static_cast<std::size_t>(std::min(copy_step, last - first));
        const ssize_t copied = ::copy_file_range(from.get(), &in, to.get(), &out, step, 0);
        if (copied <= 0) break;
        first += static_cast<std::uint64_t>(copied);
    }
    return first;
}

/// Bytes [first, last) between two holes.
struct Extent {
    std::uint64_t first = 0;
    std::uint64_t last = 0;
};

/// The next one at or after `at`, as far as `end`; empty when there are only holes. File systems
/// that know no holes have one that is the whole file.
Result<Extent> next_extent(const Descriptor& file, std::uint64_t at, std::uint64_t end) {
    const off_t first = ::lseek(file.get(), static_cast<off_t>(at), SEEK_DATA);
    if (first < 0 && errno == ENXIO) return Extent{end, end};
    if (first < 0 && errno == EINVAL) return Extent{at, end};
    if (first < 0) return from_errno(errno);
    const off_t last = ::lseek(file.get(), first, SEEK_HOLE);
    if (last < 0) return from_errno(errno);
    return Extent{std::min(static_cast<std::uint64_t>(first), end),
                  std::min(static_cast<std::uint64_t>(last), end)};
}

/// What lies between the extents stays a hole, which costs neither time nor space.
Result<void> copy_extents(const Descriptor& from, const Descriptor& to, std::uint64_t length) {
    const auto sized = outcome(::ftruncate(to.get(), static_cast<off_t>(length)));
    if (!sized) return sized;
    for (std::uint64_t at = 0; at < length;) {
        const auto extent = next_extent(from, at, length);
        if (!extent) return extent.error();
        const auto [first, last] = *extent;
        const auto copied = copy_by_hand(from, to, copy_in_kernel(from, to, first, last), last);
        if (!copied) return copied;
        at = last;
    }
    return {};
}

}  // namespace

Result<void> write_at(const Descriptor& file, std::uint64_t offset,
                      std::span<const std::byte> data) {
    while (!data.empty()) {
        const ssize_t written =
            ::pwrite(file.get(), data.data(), data.size(), static_cast<off_t>(offset));
        if (written < 0 && errno == EINTR) continue;
        if (written < 0) return from_errno(errno);
        if (written == 0) return Error::io;
        data = data.subspan(static_cast<std::size_t>(written));
        offset += static_cast<std::uint64_t>(written);
    }
    return {};
}

Result<std::size_t> read_at(const Descriptor& file, std::uint64_t offset,
                            std::span<std::byte> into) {
    if (offset > static_cast<std::uint64_t>(INT64_MAX)) return std::size_t{0};
    for (;;) {
        const ssize_t got =
            ::pread(file.get(), into.data(), into.size(), static_cast<off_t>(offset));
        if (got >= 0) return static_cast<std::size_t>(got);
        if (errno != EINTR) return from_errno(errno);
    }
}

Result<void> copy_prefix(const Descriptor& from, std::uint64_t size, const Descriptor& to,
                         std::uint64_t length) {
    if (::ioctl(to.get(), FICLONE, from.get()) == 0) {
        if (length == size) return {};
        return outcome(::ftruncate(to.get(), static_cast<off_t>(length)));
    }
    const auto copied = copy_extents(from, to, length);
    if (!copied) return copied;
    // Where somebody has cut the file meanwhile, its end looks like a hole.
    const auto now = status_of(from);
    if (!now) return now.error();
    return now->size < length ? Result<void>(Error::changed) : Result<void>();
}

Result<void> digest_range(const Descriptor& file, std::uint64_t first, std::uint64_t last,
                          Digest& digest) {
    std::vector<std::byte> buffer(static_cast<std::size_t>(
        std::min<std::uint64_t>(buffer_bytes, last > first ? last - first : 0)));
    while (first < last) {
        const auto want =
            static_cast<std::size_t>(std::min<std::uint64_t>(buffer.size(), last - first));
        const auto got = read_at(file, first, std::span(buffer).first(want));
        if (!got) return got.error();
        if (*got == 0) return {};
        digest.update(std::span(buffer).first(*got));
        first += *got;
    }
    return {};
}

}  // namespace sallyport::storage
