# Makes [user.NAME] tables for the members of a group of this system, with the hashes that they have.
#
#     awk -f users-from-shadow.awk -v group=ftpusers -v policy=partners -v root=/home /etc/group /etc/passwd /etc/shadow
#
# `root`: storage.root, if folders of users below it are to be theirs. Who is left out, and why, is said on standard error.

BEGIN { FS = ":" }

FNR == 1 { table++ }

# NAME:PASSWORD:GID:MEMBER,MEMBER
table == 1 && $1 == group {
    gid = $3
    count = split($4, names, ",")
    for (i = 1; i <= count; i++) member[names[i]] = 1
}

# NAME:PASSWORD:UID:GID:GECOS:HOME:SHELL
table == 2 && ($1 in member || (gid != "" && $4 == gid)) {
    member[$1] = 1
    uid[$1] = $3
    home[$1] = $6
}

# NAME:HASH:CHANGED:MINIMUM:MAXIMUM:WARNING:INACTIVE:EXPIRES:
table == 3 && $1 in uid {
    reason = objection($1, $2)
    if (reason == "") write_user($1, $2, $8)
    else print $1 ": left out: " reason > "/dev/stderr"
}

END {
    if (gid == "") {
        print "no group " group > "/dev/stderr"
        exit 1
    }
}

function objection(name, hash) {
    if (uid[name] == 0) return "is root"
    if (name !~ /^[A-Za-z0-9._@+-]+$/ || length(name) > 64) return "the name is not one for Sallyport"
    if (hash == "") return "has no password"
    if (hash ~ /^[!*]/) return "the password is locked"
    if (hash !~ /^\$(6|5|y|2[aby])\$[.\/A-Za-z0-9$=]+$/) return "the hash is of a kind that is not accepted: set a new password"
    return ""
}

function write_user(name, hash, expires) {
    printf "[user.\"%s\"]\npolicy = \"%s\"\npassword = '%s'\n", name, policy, hash
    if (root != "" && index(home[name], root "/") == 1 && home[name] !~ /["\\]/) {
        printf "home = \"%s\"\n", substr(home[name], length(root) + 2)
    } else if (root != "") {
        print name ": " home[name] " is not below " root ", where the home is " root "/" name " now" > "/dev/stderr"
    }
    # Days since 1970; the account ends with the beginning of that day, here and there.
    if (expires != "") print "expires = " date_of(expires)
    print ""
}

# strftime of Debian's awk ends in 2038.
function date_of(days,    year, month) {
    for (year = 1970; days >= 365 + is_leap(year); year++) days -= 365 + is_leap(year)
    for (month = 1; days >= days_in(month, year); month++) days -= days_in(month, year)
    return sprintf("%d-%02d-%02d", year, month, days + 1)
}

function days_in(month, year) {
    if (month == 2) return 28 + is_leap(year)
    return month == 4 || month == 6 || month == 9 || month == 11 ? 30 : 31
}

function is_leap(year) {
    return year % 4 == 0 && (year % 100 != 0 || year % 400 == 0)
}
