#include <fmt/format.h>

#include <CLI/CLI.hpp>
#include <memory>
#include <string>

#include "server/cli/command.hpp"
#include "server/cli/exit_status.hpp"
#include "server/cli/key_files.hpp"
#include "server/tls/self_signed.hpp"

namespace sallyport::cli {
namespace {

struct Options {
    std::string dir;
    std::string host = "localhost";
};

int keygen(const Options& options) {
    const TlsFiles files{options.dir};
    make_tls_files(files, options.host);
    fmt::print("certificate  {} (self-signed, for {}, {} days)\n", files.certificate.string(),
               options.host, tls::self_signed_lifetime.count());
    fmt::print("key          {}\n", files.key.string());
    fmt::print("SHA-256      {}\n", fingerprint_of(files.certificate));
    const HostKeyFiles host_keys{options.dir};
    make_host_keys(host_keys);
    for (const auto& file : {host_keys.ed25519, host_keys.rsa}) {
        const auto facts = facts_of(file);
        fmt::print("host key     {} ({})\n{:13}{}\n", file.string(), facts.type, "",
                   facts.fingerprint);
    }
    return exit_ok;
}

std::string host_problem(const std::string& host) {
    return tls::is_host(host) ? "" : fmt::format("\"{}\" is no DNS name or IP address", host);
}

}  // namespace

Action declare_keygen(CLI::App& app) {
    const auto options = std::make_shared<Options>();
    app.add_option("dir", options->dir,
                   "Where to put tls/fullchain.pem, tls/privkey.pem, ssh/ed25519 and ssh/rsa")
        ->required()
        ->type_name("DIR");
    app.add_option("--name", options->host, "Name or address that clients connect to")
        ->check(CLI::Validator(host_problem, "", "host"))
        ->type_name("HOST")
        ->capture_default_str();
    return [options] { return keygen(*options); };
}

}  // namespace sallyport::cli
