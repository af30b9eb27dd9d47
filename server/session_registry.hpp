#pragma once

#include <functional>
#include <set>
#include <string>
#include <string_view>

namespace sallyport::server {

/// A session that can be told that the server wants to stop.
class Drainable {
  public:
    virtual ~Drainable() = default;
    /// Finish the transfer under way, if any, take no new command, then end.
    virtual void drain() = 0;
    /// End now; what is not complete is not published.
    virtual void abort() = 0;
    /// Who has logged in; empty when nobody has.
    [[nodiscard]] virtual std::string_view user() const { return {}; }
    /// As `drain`, because this user may not be here any longer.
    virtual void dismiss() { drain(); }
};

/// The sessions of one thread. Used on that thread only.
class SessionRegistry {
  public:
    /// Registers a session for as long as this object lives.
    class Entry {
      public:
        Entry(SessionRegistry& registry, Drainable& session)
            : registry_(registry), session_(session) {
            registry_.sessions_.insert(&session_);
            if (registry_.draining_) session_.drain();
        }
        ~Entry() { registry_.sessions_.erase(&session_); }
        Entry(const Entry&) = delete;
        Entry& operator=(const Entry&) = delete;

      private:
        SessionRegistry& registry_;
        Drainable& session_;
    };

    void drain() {
        draining_ = true;
        for (auto* session : sessions_) session->drain();
    }
    /// Ends the sessions of these users.
    void dismiss(const std::set<std::string, std::less<>>& users) {
        for (auto* session : sessions_) {
            // By a look-up that takes no memory: the others must not be forgotten for want of it.
            if (users.contains(session->user())) session->dismiss();
        }
    }
    void abort() {
        draining_ = true;
        for (auto* session : sessions_) session->abort();
    }

  private:
    std::set<Drainable*> sessions_;
    bool draining_ = false;
};

}  // namespace sallyport::server
