#include "auth/method.hpp"

#include <algorithm>

namespace sallyport::auth {

std::string_view name_of(Method method) {
    switch (method) {
        case Method::certificate:
            return "certificate";
        case Method::publickey:
            return "publickey";
        case Method::password:
            return "password";
        case Method::totp:
            return "totp";
    }
    __builtin_unreachable();
}

std::optional<Method> method_named(std::string_view word) {
    for (const Method method : all_methods) {
        if (name_of(method) == word) return method;
    }
    return std::nullopt;
}

std::string str(Methods methods) {
    std::string text;
    for (const Method method : all_methods) {
        if (!methods.contains(method)) continue;
        text.append(text.empty() ? "" : "+").append(name_of(method));
    }
    return text;
}

bool suffices(const Combinations& combinations, Methods shown) {
    return std::ranges::any_of(combinations, [shown](Methods needed) {
        return !needed.empty() && shown.contains(needed);
    });
}

Combinations rest_of(const Combinations& combinations, Methods shown) {
    Combinations rest;
    for (const Methods needed : combinations) {
        const Methods left = needed.without(shown);
        if (std::ranges::find(rest, left) == rest.end()) rest.push_back(left);
    }
    return rest;
}

Methods all_of(const Combinations& combinations) {
    Methods all;
    for (const Methods needed : combinations) all = all | needed;
    return all;
}

}  // namespace sallyport::auth
