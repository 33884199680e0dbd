/* What is wrong with a document that is no XML, in words of ours. */
#ifndef CORBRIDGE_PARSER_XML_FAULT_H
#define CORBRIDGE_PARSER_XML_FAULT_H

/* For an error code of libxml2: what would be right, to be read after "expected". Static. */
const char *xml_fault_expected(int code);

#endif
