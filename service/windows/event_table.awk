# Reads messages.mc and writes, by `form`:
#   form=c         the rows of the table in service/event.c (generated/event_table.inc)
#   form=markdown  docs/events.md
#
#   awk -v form=c -f event_table.awk messages.mc
function fail(text) {
    printf "messages.mc:%d: %s\n", NR, text > "/dev/stderr"
    failed = 1
    exit 1
}
function flush_message(    i, n, highest, digit, lines) {
    n = split(text, lines, "\n")
    highest = 0
    for (i = 1; i <= length(text); i++) {
        if (substr(text, i, 1) == "%") {
            digit = substr(text, i + 1, 1)
            if (digit !~ /[1-4]/)
                fail("message " id ": '%" digit "' is no insert")
            if (substr(text, i + 2, 1) ~ /[0-9!]/)
                fail("message " id ": a digit or '!' must not follow an insert")
            if (digit + 0 > highest)
                highest = digit + 0
            i++
        }
    }
    if (highest != insert_count)
        fail("message " id ": the text has " highest " inserts, the line above it names " insert_count)
    if (form == "c") {
        printf "EVENT_ROW(%s, EVENT_%s, %d,\n", symbol, severity == "Informational" ? "INFORMATION" : toupper(severity), highest
        for (i = 1; i <= n; i++) {
            gsub(/\\/, "\\\\", lines[i])
            gsub(/"/, "\\\"", lines[i])
            printf " \"%s%s\"%s\n", lines[i], i < n ? "\\n" : "", i < n ? "" : ")"
        }
    } else {
        printf "### %d · %s\n\n%s · `%s`\n\n", id, headline(), severity == "Informational" ? "Information" : severity, symbol
        for (i = 1; i <= n; i++) {
            # Inserts are shown by their meaning, and <words> must not become HTML.
            gsub(/</, "\\&lt;", lines[i])
            for (digit = 1; digit <= insert_count; digit++)
                gsub("%" digit, "*‹" inserts[digit] "›*", lines[i])
            sub(/^What to do:/, "**What to do:**", lines[i])
            print lines[i]
        }
        print ""
    }
    count++
}
# EVENT_FEED_OFFLINE -> feed offline
function headline(    words) {
    words = tolower(substr(symbol, 7))
    gsub(/_/, " ", words)
    return words
}
BEGIN {
    if (form == "c") {
        print "/* Written by event_table.awk from messages.mc. */"
    } else {
        print "# Events\n"
        print "Every event that CorBridge writes to the Windows event log (log *Application*, source *CorBridge*), with its cause and what to"
        print "do. An id stands for one cause and is never used for another. Events tell changes of state: what goes on is told once when"
        print "it begins and once when it ends. They hold no patient data and no file names, only feeds, pharmacies and ledger numbers; the"
        print "ledger number begins the name of the file in the archive or in quarantine. What stands between ‹ › is filled in.\n"
        print "The same events stand as lines in `logs\\corbridge.log` of the data folder, between lines of more detail.\n"
        print "When the service stops with a failure, Windows shows error 1066 and one of these service-specific codes:\n"
        print "| code | meaning | event |"
        print "|---|---|---|"
        print "| 20 | the configuration was refused and there is no accepted one to run with | 200 |"
        print "| 21 | another CorBridge runs on the same data folder | 103 |"
        print "| 22 | a database cannot be opened or migrated | 102 |"
        print "| 23 | a folder, a thread or memory could not be had | 102 |\n"
        print "This page is made from `service/windows/messages.mc`; a test holds it against that file.\n"
    }
}
/^;\/\* Group [0-9]+: .* \*\/$/ {
    if (form == "markdown") {
        sub(/^;\/\* Group /, "")
        sub(/ \*\/$/, "")
        number = $0
        sub(/:.*/, "", number)
        sub(/^[0-9]+: /, "")
        printf "## %s (%d to %d)\n\n", $0, number, number + 99
    }
    next
}
/^;\/\* Inserts: .* \*\/$/ {
    sub(/^;\/\* Inserts: /, "")
    sub(/ \*\/$/, "")
    insert_count = split($0, inserts, / \| /)
    next
}
!in_text && /^MessageId=/ {
    id = substr($0, 11) + 0
    if (id <= last_id)
        fail("message " id " follows " last_id ": ids must ascend")
    last_id = id
    severity = facility = symbol = ""
    next
}
!in_text && /^Severity=/ { severity = substr($0, 10); next }
!in_text && /^Facility=/ { facility = substr($0, 10); next }
!in_text && /^SymbolicName=/ { symbol = substr($0, 14); next }
!in_text && /^Language=/ {
    if (severity !~ /^(Informational|Warning|Error)$/ || facility != "CorBridge" || symbol !~ /^EVENT_[A-Z_]+$/)
        fail("message " id " needs Severity, Facility=CorBridge and SymbolicName of its own")
    in_text = 1
    text = ""
    next
}
in_text && $0 == "." {
    flush_message()
    in_text = 0
    insert_count = 0
    next
}
in_text { text = text (text == "" ? "" : "\n") $0 }
END {
    if (!failed && (in_text || count == 0)) {
        print "messages.mc: ends inside a message, or has none" > "/dev/stderr"
        exit 1
    }
}
