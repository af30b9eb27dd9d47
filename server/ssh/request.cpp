#include "server/ssh/request.hpp"

#include <sodium.h>

#include <array>
#include <cstring>

#pragma GCC diagnostic ignored "-Wdeprecated-declarations"

namespace sallyport::server::ssh::request {
namespace {

std::string text(const char* words) {
    return words ? words : "";
}

auth::Secret secret(const char* words) {
    return auth::Secret(words ? std::string_view(words) : std::string_view());
}

}  // namespace

std::string user(ssh_message request) {
    return text(ssh_message_auth_user(request));
}

auth::Secret password(ssh_message request) {
    return secret(ssh_message_auth_password(request));
}

std::optional<auth::PublicKey> key(ssh_message request) {
    ssh_key offered = ssh_message_auth_pubkey(request);
    char* exported = nullptr;
    if (!offered || ssh_pki_export_pubkey_base64(offered, &exported) != SSH_OK) return std::nullopt;
    const TextHandle base64(exported);
    auth::PublicKey key;
    key.type = text(ssh_key_type_to_char(ssh_key_type(offered)));
    key.blob.resize(std::strlen(exported));
    std::size_t size = 0;
    if (sodium_base642bin(reinterpret_cast<unsigned char*>(key.blob.data()), key.blob.size(),
                          exported, std::strlen(exported), nullptr, &size, nullptr,
                          sodium_base64_VARIANT_ORIGINAL) != 0) {
        return std::nullopt;
    }
    key.blob.resize(size);
    return key;
}

bool is_signed(ssh_message request) {
    return ssh_message_auth_publickey_state(request) == SSH_PUBLICKEY_STATE_VALID;
}

void ask(ssh_message request, Prompt prompt) {
    std::array<const char*, 1> prompts{prompt == Prompt::code ? "One-time code: " : "Password: "};
    char echo = 0;
    ssh_message_auth_interactive_request(request, "", "", prompts.size(), prompts.data(), &echo);
}

std::optional<auth::Secret> answer(ssh_session session) {
    if (ssh_userauth_kbdint_getnanswers(session) != 1) return std::nullopt;
    return secret(ssh_userauth_kbdint_getanswer(session, 0));
}

std::string subsystem(ssh_message request) {
    return text(ssh_message_channel_request_subsystem(request));
}

}  // namespace sallyport::server::ssh::request
