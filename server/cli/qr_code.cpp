#include "server/cli/qr_code.hpp"

#include <qrencode.h>

#include <cerrno>
#include <memory>
#include <new>

namespace sallyport::cli {
namespace {

constexpr int quiet_zone = 4;

struct Free {
    void operator()(QRcode* code) const noexcept { QRcode_free(code); }
};

/// The modules of a code and of the light zone around it.
class Modules {
  public:
    explicit Modules(const QRcode& code) : code_(code) {}
    [[nodiscard]] int end() const { return code_.width + quiet_zone; }
    [[nodiscard]] bool is_light(int row, int column) const {
        const bool inside = row >= 0 && column >= 0 && row < code_.width && column < code_.width;
        return !inside || (code_.data[row * code_.width + column] & 1) == 0;
    }

  private:
    const QRcode& code_;
};

const char* block(bool upper, bool lower) {
    if (upper && lower) return "█";
    if (upper) return "▀";
    return lower ? "▄" : " ";
}

}  // namespace

std::optional<std::string> qr_code(const std::string& text) {
    const std::unique_ptr<QRcode, Free> code(
        QRcode_encodeString8bit(text.c_str(), 0, QR_ECLEVEL_M));
    if (!code && errno == ENOMEM) throw std::bad_alloc();
    if (!code) return std::nullopt;
    const Modules modules(*code);
    std::string drawn;
    for (int row = -quiet_zone; row < modules.end(); row += 2) {
        for (int column = -quiet_zone; column < modules.end(); ++column) {
            drawn += block(modules.is_light(row, column), modules.is_light(row + 1, column));
        }
        drawn += '\n';
    }
    return drawn;
}

}  // namespace sallyport::cli
