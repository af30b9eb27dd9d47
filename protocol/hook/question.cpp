#include "protocol/hook/question.hpp"

#include <sodium.h>

#include <boost/json.hpp>
#include <string>

#include "storage/utf8.hpp"

namespace sallyport::hook {
namespace {

namespace json = boost::json;

/// The most that escaping makes of one byte. Room for it is taken before, so that no copy of a
/// secret is left behind when a string grows.
constexpr std::size_t escaped_bytes = 2;
/// What is written around a secret: two pairs of quotes, a comma and a colon.
constexpr std::size_t punctuation_bytes = 6;

constexpr int version = 1;

/// A string that is wiped when it is gone. It never grows beyond what it was made for.
class Body {
  public:
    explicit Body(std::size_t room) { text_.reserve(room); }
    ~Body() { sodium_memzero(text_.data(), text_.size()); }
    Body(const Body&) = delete;
    Body& operator=(const Body&) = delete;

    void add(std::string_view text) { text_ += text; }
    void add_string(std::string_view text) {
        text_ += '"';
        for (const char c : text) add_escaped(c);
        text_ += '"';
    }
    [[nodiscard]] auth::Secret take() const { return auth::Secret(text_); }

  private:
    /// Control characters were refused before.
    void add_escaped(char c) {
        if (c == '"' || c == '\\') text_ += '\\';
        text_ += c;
    }

    std::string text_;
};

std::string base64(std::string_view bytes) {
    std::string text(sodium_base64_encoded_len(bytes.size(), sodium_base64_VARIANT_ORIGINAL), '\0');
    sodium_bin2base64(text.data(), text.size(),
                      reinterpret_cast<const unsigned char*>(bytes.data()), bytes.size(),
                      sodium_base64_VARIANT_ORIGINAL);
    text.pop_back();
    return text;
}

json::object about_key(const auth::PublicKey& key) {
    return {{"type", key.type}, {"blob", base64(key.blob)}, {"fingerprint", key.fingerprint()}};
}

json::array names_of(auth::Methods methods) {
    json::array names;
    for (const auth::Method method : auth::all_methods) {
        if (methods.contains(method)) names.push_back(json::string(name_of(method)));
    }
    return names;
}

json::object about(std::string_view ask, const std::string& user, const std::string& address) {
    return {{"version", version}, {"ask", ask}, {"user", user}, {"address", address}};
}

/// A secret and the key that it goes by.
struct Named {
    std::string_view key;
    const auth::Secret* secret;
};

/// `open` with the secrets added. They do not go through the JSON library, which would leave copies
/// of them in memory.
std::optional<auth::Secret> sealed(const json::object& open, std::initializer_list<Named> secrets) {
    const std::string text = json::serialize(open);
    std::size_t room = text.size() + 1;
    if (!storage::is_acceptable_text(text)) return std::nullopt;
    for (const auto& [key, secret] : secrets) {
        if (!secret) continue;
        if (!storage::is_acceptable_text(secret->reveal())) return std::nullopt;
        room += key.size() + escaped_bytes * secret->size() + punctuation_bytes;
    }
    Body body(room);
    body.add(std::string_view(text).substr(0, text.size() - 1));
    for (const auto& [key, secret] : secrets) {
        if (!secret) continue;
        body.add(",");
        body.add_string(key);
        body.add(":");
        body.add_string(secret->reveal());
    }
    body.add("}");
    return body.take();
}

const auth::Secret* address_of(const std::optional<auth::Secret>& secret) {
    return secret ? &*secret : nullptr;
}

}  // namespace

std::optional<auth::Secret> question(const auth::Attempt& attempt) {
    const auto& proofs = attempt.proofs;
    auto open = about("login", attempt.user, attempt.address);
    open.emplace("protocol", attempt.protocol);
    open.emplace("shown", names_of(attempt.progress.shown));
    if (proofs.key) open.emplace("public_key", about_key(*proofs.key));
    if (proofs.certificate) {
        open.emplace("certificate", json::object{{"fingerprint", proofs.certificate->fingerprint},
                                                 {"subject", proofs.certificate->subject}});
    }
    if (proofs.password) open.emplace("code_follows_password", proofs.code_follows_password);
    return sealed(open,
                  {{"password", address_of(proofs.password)}, {"code", address_of(proofs.code)}});
}

std::optional<auth::Secret> question(const auth::KeyOffer& offer) {
    auto open = about("key_offer", offer.user, offer.address);
    open.emplace("protocol", offer.protocol);
    open.emplace("shown", names_of(offer.progress.shown));
    open.emplace("public_key", about_key(offer.key));
    return sealed(open, {});
}

std::optional<auth::Secret> question(const auth::ExposedPassword& password) {
    auto open = about("exposed_password", password.user, password.address);
    open.emplace("protocol", password.protocol);
    return sealed(open, {{"password", &password.password}});
}

}  // namespace sallyport::hook
