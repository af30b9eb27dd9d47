#include "server/cli/password_input.hpp"

#include <fmt/format.h>
#include <poll.h>
#include <sodium.h>
#include <sys/signalfd.h>
#include <termios.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <csignal>
#include <cstdio>
#include <optional>
#include <string_view>
#include <system_error>

namespace sallyport::cli {
namespace {

/// A line as it is read, wiped when done.
class LineBuffer {
  public:
    LineBuffer() = default;
    LineBuffer(const LineBuffer&) = delete;
    LineBuffer& operator=(const LineBuffer&) = delete;
    ~LineBuffer() { sodium_memzero(bytes_.data(), bytes_.size()); }

    /// False when the line is complete or too long to matter.
    [[nodiscard]] bool add(char byte) {
        if (byte == '\n' || size_ == bytes_.size()) return false;
        bytes_.at(size_++) = byte;
        return true;
    }
    [[nodiscard]] auth::Secret take() const {
        std::string_view line(bytes_.data(), size_);
        if (line.ends_with('\r')) line.remove_suffix(1);
        return auth::Secret(line);
    }

  private:
    std::array<char, max_password_bytes + 2> bytes_{};  // room for CR and for "too long"
    std::size_t size_ = 0;
};

/// No echo, and the signals that end or stop a program wait until echo is back.
class QuietTerminal {
  public:
    QuietTerminal() {
        sigset_t held;
        sigemptyset(&held);
        for (const int signal : {SIGINT, SIGTERM, SIGHUP, SIGQUIT, SIGTSTP}) {
            sigaddset(&held, signal);
        }
        if (::tcgetattr(STDIN_FILENO, &before_) != 0) fail();
        ::pthread_sigmask(SIG_BLOCK, &held, &mask_before_);
        signals_ = ::signalfd(-1, &held, SFD_CLOEXEC);
        termios quiet = before_;
        quiet.c_lflag &= ~static_cast<tcflag_t>(ECHO);
        ::tcsetattr(STDIN_FILENO, TCSAFLUSH, &quiet);
    }
    QuietTerminal(const QuietTerminal&) = delete;
    QuietTerminal& operator=(const QuietTerminal&) = delete;
    ~QuietTerminal() {
        ::tcsetattr(STDIN_FILENO, TCSAFLUSH, &before_);
        ::close(signals_);
        ::pthread_sigmask(SIG_SETMASK, &mask_before_, nullptr);
    }

    /// False when a signal came first. It stays pending and strikes when this object goes.
    [[nodiscard]] bool wait_for_input() const {
        std::array<pollfd, 2> sources{{{STDIN_FILENO, POLLIN, 0}, {signals_, POLLIN, 0}}};
        while (::poll(sources.data(), sources.size(), -1) < 0 && errno == EINTR) {
        }
        return sources[1].revents == 0;
    }

  private:
    [[noreturn]] static void fail() {
        throw std::system_error(errno, std::generic_category(), "cannot silence the terminal");
    }

    termios before_{};
    sigset_t mask_before_{};
    int signals_ = -1;
};

/// The next byte of standard input, unbuffered so that no copy of the password stays behind.
std::optional<char> next_byte() {
    char byte = 0;
    while (true) {
        const ssize_t got = ::read(STDIN_FILENO, &byte, 1);
        if (got == 1) return byte;
        if (got == 0 || errno != EINTR) return std::nullopt;
    }
}

auth::Secret read_line() {
    LineBuffer line;
    std::optional<char> byte = next_byte();
    while (byte && line.add(*byte)) byte = next_byte();
    return line.take();
}

/// Nothing when a signal interrupted and the process lives on: Ctrl-Z and back.
std::optional<auth::Secret> ask_once(std::string_view prompt) {
    const QuietTerminal quiet;
    fmt::print(stderr, "{}", prompt);
    const bool typed = quiet.wait_for_input();
    std::optional<auth::Secret> answer;
    if (typed) answer = read_line();
    fmt::print(stderr, "\n");
    return answer;
}

auth::Secret ask(std::string_view prompt) {
    while (true) {
        if (std::optional<auth::Secret> answer = ask_once(prompt)) return std::move(*answer);
    }
}

void check(const auth::Secret& password) {
    if (password.empty()) throw std::runtime_error("the password is empty");
    if (password.size() > max_password_bytes) {
        throw std::runtime_error(
            fmt::format("the password is longer than {} bytes", max_password_bytes));
    }
    if (password.reveal().find('\0') != std::string_view::npos) {
        throw std::runtime_error("the password holds a NUL byte, which no client can send");
    }
}

}  // namespace

auth::Secret read_new_password() {
    if (::isatty(STDIN_FILENO) == 0) {
        auth::Secret password = read_line();
        check(password);
        return password;
    }
    auth::Secret password = ask("Password: ");
    check(password);
    if (ask("Again: ").reveal() != password.reveal()) {
        throw std::runtime_error("the two passwords differ");
    }
    return password;
}

}  // namespace sallyport::cli
