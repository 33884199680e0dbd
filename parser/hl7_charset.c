#include "parser/hl7_charset.h"

#include "parser/encoding.h"
#include "parser/hl7_scan.h"
#include "parser/utf8.h"

static const struct {
    const char *code;
    enum hl7_charset charset;
} codes[] = {
    {"ASCII", HL7_CHARSET_ASCII},
    {"ISO IR6", HL7_CHARSET_ASCII},
    {"US-ASCII", HL7_CHARSET_ASCII},
    {"UNICODE UTF-8", HL7_CHARSET_UTF8},
    {"UTF-8", HL7_CHARSET_UTF8},
    {"UTF8", HL7_CHARSET_UTF8},
    {"8859/1", HL7_CHARSET_8859_1},
    {"ISO-8859-1", HL7_CHARSET_8859_1},
    {"ISO8859-1", HL7_CHARSET_8859_1},
    {"8859/15", HL7_CHARSET_8859_15},
    {"ISO-8859-15", HL7_CHARSET_8859_15},
    {"ISO8859-15", HL7_CHARSET_8859_15},
    {"WINDOWS-1252", HL7_CHARSET_WINDOWS1252},
    {"CP1252", HL7_CHARSET_WINDOWS1252},
};

bool hl7_charset_from_code(struct slice code, enum hl7_charset *out)
{
    code = slice_trim(code);
    for (size_t i = 0; i < sizeof codes / sizeof codes[0]; i++) {
        if (slice_equal_nocase(code, slice_of(codes[i].code))) {
            *out = codes[i].charset;
            return true;
        }
    }
    return false;
}

const char *hl7_charset_name(enum hl7_charset charset)
{
    switch (charset) {
    case HL7_CHARSET_BY_MESSAGE: return "by message";
    case HL7_CHARSET_ASCII: return "ASCII";
    case HL7_CHARSET_UTF8: return "UNICODE UTF-8";
    case HL7_CHARSET_8859_1: return "8859/1";
    case HL7_CHARSET_8859_15: return "8859/15";
    case HL7_CHARSET_WINDOWS1252: return "Windows-1252";
    }
    return "unknown";
}

/* ISO 8859-15 is 8859-1 but for eight characters. */
static uint32_t latin9(unsigned char byte)
{
    switch (byte) {
    case 0xA4: return 0x20AC;
    case 0xA6: return 0x0160;
    case 0xA8: return 0x0161;
    case 0xB4: return 0x017D;
    case 0xB8: return 0x017E;
    case 0xBC: return 0x0152;
    case 0xBD: return 0x0153;
    case 0xBE: return 0x0178;
    default: return byte;
    }
}

uint32_t hl7_charset_character(enum hl7_charset charset, unsigned char byte)
{
    if (byte < 0x80)
        return byte;
    switch (charset) {
    case HL7_CHARSET_8859_1: return byte < 0xA0 ? HL7_NO_CHARACTER : byte;
    case HL7_CHARSET_8859_15: return byte < 0xA0 ? HL7_NO_CHARACTER : latin9(byte);
    case HL7_CHARSET_WINDOWS1252: {
        uint32_t character = encoding_windows1252(byte);
        return character != 0 ? character : HL7_NO_CHARACTER;
    }
    case HL7_CHARSET_BY_MESSAGE:
    case HL7_CHARSET_ASCII:
    case HL7_CHARSET_UTF8: break;
    }
    return HL7_NO_CHARACTER;
}

size_t hl7_charset_valid_prefix(enum hl7_charset charset, struct slice text)
{
    size_t at = hl7_scan_high(text);
    if (charset == HL7_CHARSET_UTF8)
        return at + utf8_valid_prefix(slice_after(text, at));
    while (at < text.len && hl7_charset_character(charset, (unsigned char)text.ptr[at]) != HL7_NO_CHARACTER)
        at++;
    return at;
}
