#pragma once

#include <string_view>

namespace sallyport::test {

/// A public key as in a .pub file, and the fingerprint that `ssh-keygen -l` prints for it.
struct KeyLine {
    std::string_view line;
    std::string_view fingerprint;
};

// Made by `ssh-keygen -t`; the private halves are gone.
inline constexpr KeyLine ed25519{
    "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIHxjmAzh2angZr7S7R90TZV6B7/aqGRwZ6ZteRmWQehR "
    "partner@example",
    "SHA256:NO30zFbEJE1aF5lPR5bsAvB63MI7lJw5mptgGvM1z9Y"};
inline constexpr KeyLine other_ed25519{
    "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIHm5VAMk/aHGMmHn4pNyEcI7jGUDtFw91xQ32pija4VK "
    "other@example",
    "SHA256:S6siyGuimdvSYqh/4iGv6FHdxjU6xsXrqdAh6YNgcwE"};
inline constexpr KeyLine ecdsa256{
    "ecdsa-sha2-nistp256 AAAAE2VjZHNhLXNoYTItbmlzdHAyNTYAAAAIbmlzdHAyNTYAAABBBL1xaNFYgEJWyLfZUmdb"
    "XU34t2d67GJ4wKAIF9mGKItaRMDKblfrVv3o2KAohkJO+NSkrTacaRvNDaEq/5foVNM= partner@example",
    "SHA256:xXMXYZm3FGosCclvzlDIMA1xOBYZK6ZbL53jsAhNs/E"};
inline constexpr KeyLine ecdsa384{
    "ecdsa-sha2-nistp384 AAAAE2VjZHNhLXNoYTItbmlzdHAzODQAAAAIbmlzdHAzODQAAABhBI2my5+vJKKQRewvmn8V"
    "CRheNtWNy29IMZmCmG+ahDxEDkl+chmhx2ucLKzA9Ov7vG/YA0Qm+wY0XMNCumwt+fLvE24fCBQTiFzNbJHezhbgcX24"
    "JioQii1lezfnUxD0Pw== partner@example",
    "SHA256:xIozxcNXy8LJcIrpV5UoeeuRy04jOEHU+SOa7H1ZXCQ"};
inline constexpr KeyLine ecdsa521{
    "ecdsa-sha2-nistp521 AAAAE2VjZHNhLXNoYTItbmlzdHA1MjEAAAAIbmlzdHA1MjEAAACFBABkG3L3PkfZKQ1BK6ZR"
    "xSTa8Llaza2fsZDI5gttknqFdJ57xKXjR1gVNxpSeOasecBrqzNGyceGbt6eIdusDLX4fwF7mT5YzJ7aaM6qQpw3AaFw"
    "yZL7mCFnuFF0dXN73xqDSPRhLhNIOZ3Qb8+MfghDAzs/8Oq6J8jgwqIol+gOz40oIA== partner@example",
    "SHA256:uUxZAGonqokf6FxYJH6e1h5EhYu6h/28bRukcmV/JVw"};
inline constexpr KeyLine rsa2048{
    "ssh-rsa AAAAB3NzaC1yc2EAAAADAQABAAABAQDcJj+5KcXu235s+i+bdsRObBUyO4xZ4XdCXBylzh/1e3WZf6fkS2iM"
    "jmXpiTzi0X6xLWRNWABCPNXR7oCFvit6EVE14UBq7SAp0/pOXO+W8x9ib3J64s7eGZM3N1o2KTyz+oro7LdPj92NNuZm"
    "wV3i8QfMHeL7GkclmP9tjZfxuNqffeKxZZJBQPT5P0c+ZaOOmb60cFcnQyaKHQFe4jSMtLwl4Z6VBvrEI/I9quqE8dso"
    "Nq519bGwHKQs70wDHAX7w/eahnK+nuJO3GrUDUb3sq23GIaAsxjCbWHcL5okORLmijjMTLc1cadf4JvpxRBlUjLJWeR5"
    "uMFn3HT0Gvt/ partner@example",
    "SHA256:K1tbKKlpT0CInoaFO9yDYu8+Qck/Us1ApTj45qGu9XM"};
// Points of the keys above in the form that a security key has: `ssh-keygen` makes one only with
// the device at hand, but prints the fingerprint of any.
inline constexpr KeyLine sk_ed25519{
    "sk-ssh-ed25519@openssh.com AAAAGnNrLXNzaC1lZDI1NTE5QG9wZW5zc2guY29tAAAAIHxjmAzh2angZr7S7R90T"
    "ZV6B7/aqGRwZ6ZteRmWQehRAAAABHNzaDo= partner@example",
    "SHA256:caUMcbnC3GhCxFSzitSG3hFL71MZuNqcJuKp6SLAP8M"};
inline constexpr KeyLine sk_ecdsa{
    "sk-ecdsa-sha2-nistp256@openssh.com AAAAInNrLWVjZHNhLXNoYTItbmlzdHAyNTZAb3BlbnNzaC5jb20AAAAIb"
    "mlzdHAyNTYAAABBBL1xaNFYgEJWyLfZUmdbXU34t2d67GJ4wKAIF9mGKItaRMDKblfrVv3o2KAohkJO+NSkrTacaRvND"
    "aEq/5foVNMAAAAEc3NoOg== partner@example",
    "SHA256:XGsBPrWvfe3L93BRnByiGX/L6y8z9jEIOElRo62TQYE"};

// Made by `ssh-keygen`, too, but not accepted.
inline constexpr std::string_view rsa1024_line =
    "ssh-rsa AAAAB3NzaC1yc2EAAAADAQABAAAAgQDiDrb8f0HNEXtShXg+fSEY0DeKwkAtjfDbD67h/ErdTBxQGe744cJz"
    "tJr9yP9viKc2ogV8al+nLvlqraQNO3wvFONkgYK8SsreO+JQtNcYPBPJF1ARFwnt3ZaTJiSMfQCi0uVFVjugIPPprAOX"
    "1jU70x2zbh/lwSm6uVU7a0uxMQ== partner@example";
inline constexpr std::string_view dsa_line =
    "ssh-dss AAAAB3NzaC1kc3MAAACBALETeZuuN3XdMhY1ARggfGZkaFRZSbk6dvM8v6jS45OhB4YdwWOoPfRUOr+fP7lS"
    "6mqMQEvwzwjmtf8rgZzoxbN72Bzn2vgNLHM6a1aobLMdXGOInsHPUCgfwTDn1OV1nurOELvPiAqJuErycTlqU2041Qzv"
    "3jSRCPXNg833fjf3AAAAFQD2KY7BXkDi1hMRQ6OD8SvckqYyQQAAAIEAgqAP7MkRfT7am5ku4XdFUGe8IibpBWxjVG+T"
    "WAxSEBe23NhOeGMX03HrDbMPrN0Wd6PIoxt7RLKA/69C7ItLpB23GYf0o1JVP7uEK0Qdp7e2vKtZOTLr28B4G/PoLADe"
    "eXvXBdDYlzsdLMZOHKjO39S4+3Q0m89MOj3KWSiOHsAAAACAbmwmVMOen34VLZ7HVARRvi6gYONLBsfVtO6QN5MpbsIU"
    "fkneufPzxUaL0rsk5vEI+x/BvIvyhy38ThetRELd5h8PE1tHoRZS5KA9r6Gu2HtgfinROfhUCRMXyRZFAR97/pkIITG/"
    "/Mx/nN8Nrr3ZJdhdyLnKhm1fXPxYap9OE88= partner@example";
inline constexpr std::string_view certificate_line =
    "ssh-ed25519-cert-v01@openssh.com AAAAIHNzaC1lZDI1NTE5LWNlcnQtdjAxQG9wZW5zc2guY29tAAAAIMW3T1K"
    "usXDrwURmLhdNJdKKPNvmbzHM2UX7FP0ON3LcAAAAIHxjmAzh2angZr7S7R90TZV6B7/aqGRwZ6ZteRmWQehRAAAAAAA"
    "AAAAAAAABAAAAAXgAAAAIAAAABGFjbWUAAAAAAAAAAP//////////AAAAAAAAAIIAAAAVcGVybWl0LVgxMS1mb3J3YXJ"
    "kaW5nAAAAAAAAABdwZXJtaXQtYWdlbnQtZm9yd2FyZGluZwAAAAAAAAAWcGVybWl0LXBvcnQtZm9yd2FyZGluZwAAAAA"
    "AAAAKcGVybWl0LXB0eQAAAAAAAAAOcGVybWl0LXVzZXItcmMAAAAAAAAAAAAAADMAAAALc3NoLWVkMjU1MTkAAAAgebl"
    "UAyT9ocYyYefik3IRwjuMZQO0XD3XFDfamKNrhUoAAABTAAAAC3NzaC1lZDI1NTE5AAAAQAOP/JX8JdOYCOmTxQSKj+Z"
    "FC6jzhQP8FFMP44EuWT1axUYaIxtt4U2cs1LW7HRv/BD6ldE76C/qhK58cmWj/w0= partner@example";

}  // namespace sallyport::test
