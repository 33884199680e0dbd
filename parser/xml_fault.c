#include "parser/xml_fault.h"

#include <libxml/xmlerror.h>

const char *xml_fault_expected(int code)
{
    switch (code) {
    case XML_ERR_DOCUMENT_EMPTY: return "an element at the start of the document";
    case XML_ERR_DOCUMENT_END: return "nothing behind the outermost element";
    case XML_ERR_TAG_NAME_MISMATCH: return "the end tag of the element that is open";
    case XML_ERR_GT_REQUIRED: return "> or /> at the end of a tag";
    case XML_ERR_SPACE_REQUIRED: return "a blank between two attributes";
    case XML_ERR_ATTRIBUTE_WITHOUT_VALUE:
    case XML_ERR_ATTRIBUTE_NOT_STARTED: return "an attribute with its value in quotes";
    case XML_ERR_ATTRIBUTE_NOT_FINISHED: return "a quote at the end of an attribute";
    case XML_ERR_LT_IN_ATTRIBUTE:
        return "&lt; for a < inside an attribute, or the quote that is missing before it";
    case XML_ERR_ATTRIBUTE_REDEFINED: return "each attribute once in an element";
    case XML_ERR_NAME_REQUIRED: return "a name behind < or &; &amp; for a plain & and &lt; for a plain <";
    case XML_ERR_ENTITYREF_SEMICOL_MISSING: return "&amp; for a plain &";
    case XML_ERR_UNDECLARED_ENTITY:
        return "only &amp; &lt; &gt; &quot; &apos; and numbers behind &; other entities are not read";
    case XML_ERR_INVALID_CHAR:
    case XML_ERR_INVALID_CHARREF: return "no control characters, which XML does not have";
    case XML_ERR_HYPHEN_IN_COMMENT: return "no -- inside a comment";
    case XML_ERR_RESERVED_XML_NAME: return "the XML declaration at the very start of the document";
    case XML_NS_ERR_UNDEFINED_NAMESPACE: return "a declaration (xmlns:…) of each prefix";
    case XML_NS_ERR_ATTRIBUTE_REDEFINED: return "each attribute once in an element";
    case XML_ERR_UNKNOWN_VERSION:
    case XML_ERR_VERSION_MISSING:
    case XML_ERR_VERSION_MISMATCH: return "version 1.0 of XML";
    default: return "well-formed XML 1.0";
    }
}
