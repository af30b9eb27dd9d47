#pragma once

#include <libssh/libssh.h>
#include <libssh/server.h>

#include <memory>

/// libssh's objects as owners.
namespace sallyport::server::ssh {

template <auto release>
struct Release {
    template <class T>
    void operator()(T* object) const {
        release(object);
    }
};

using BindHandle = std::unique_ptr<ssh_bind_struct, Release<ssh_bind_free>>;
using SessionHandle = std::unique_ptr<ssh_session_struct, Release<ssh_free>>;
using KeyHandle = std::unique_ptr<ssh_key_struct, Release<ssh_key_free>>;
using MessageHandle = std::unique_ptr<ssh_message_struct, Release<ssh_message_free>>;
using TextHandle = std::unique_ptr<char, Release<ssh_string_free_char>>;

}  // namespace sallyport::server::ssh
