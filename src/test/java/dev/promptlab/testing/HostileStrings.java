package dev.promptlab.testing;

import java.util.List;

/// What people send who look for a way in: each might mean something to a database, a log, a header, a template, a parser, a file
/// system or a terminal on its way. None of them is a proper name, and of all fields they are proper values of free text alone.
public final class HostileStrings {
    public static final List<String> ALL = List.of(
            // SQL
            "' or '1'='1", "' or 1=1 --", "'; drop table job; --", "\" or \"\"=\"", "') or ('a'='a",
            "1; select pg_sleep(30)",
            "' union select null, version() --", "$$; select 1; $$", "\\' or 1=1 --", "%' or '%'='", "%", "_",
            "%%%_%%%",
            "' || (select current_user) || '", "e'\\x27'", "?", ":id", ":workspace", "{0}", "::regclass",
            "00000000-0000-0000-0000-000000000000' or 'x'='x", "-- ", "/* */", "'::jsonb", "\\u0027 or 1=1",
            // headers and logs
            "a\r\nSet-Cookie: x=1", "a\nX-Evil: 1", "a\r\n\r\n<html>", "%0d%0aX-Evil: 1",
            "x\n12:00:00.000 ERROR Problem: all is lost", "\u001b[31mred\u001b[0m", "\u001b]0;title\u0007", "\u009b31m",
            "${jndi:ldap://127.0.0.1/a}", "${env:PATH}", "%d{yyyy} %msg %n", "{} {} {}", "%s%s%n%x",
            // templates and expressions
            "{{ 7 * 7 }}", "{{ self.__class__ }}", "{% for x in y %}", "#{7*7}", "<%= 7 * 7 %>", "${7*7}",
            "{{#each a}}",
            "{{{{{{{{", "}}", "{{ a | b | c }}",
            // JSON, XML, HTML
            "\"}, \"admin\": true, {\"a\": \"", "{\"$ne\": null}", "[]", "__proto__", "constructor[prototype]",
            "<script>alert(1)</script>", "\"><img src=x onerror=alert(1)>", "javascript:alert(1)",
            "<!DOCTYPE x [<!ENTITY e SYSTEM \"file:///etc/passwd\">]><x>&e;</x>", "![x](https://evil.example/?q=1)",
            // formulas and commands
            "=cmd|' /C calc'!A0", "@SUM(1+1)", "; cat /etc/passwd", "$(id)", "`id`", "| id", "& ping 127.0.0.1 &",
            // paths and addresses
            "../../../../etc/passwd", "..\\..\\windows\\win.ini", "/etc/passwd", "....//....//", "file:///etc/passwd",
            "http://169.254.169.254/latest/meta-data/", "http://127.0.0.1:1/", "//evil.example", "a/b", "..",
            ";x=1",
            // Unicode and bytes
            "\u0000", "a\u0000b", "\u202egnp.exe", "\ufeffbom", "\u200b", "\ufffd", "\uff07 or 1=1 --",
            "\u0130\u0131\u017f",
            "\ud83d\udca3\u200d\ud83d\udca3", "A\u030a\u0301\u0302\u0303\u0304", "\u2028\u2029", "\udbff\udfff",
            "\u0085", "\u007f", "\t", " ", "\u00a0",
            // numbers that are none
            "NaN", "-Infinity", "1e+999999999", "0X10", "9".repeat(400), "\u0661\u0662\u0663", "[object Object]",
            // size
            "x".repeat(3_000), "(".repeat(500), "[".repeat(900), "a,".repeat(400));

    private HostileStrings() {}
}
