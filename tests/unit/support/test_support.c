/* The ground the other tests stand on: temporary folders, fixtures, and dependencies that are what they must be. */
#include "tests/support/cb_cmocka.h"
#include "tests/support/test_main.h"

#include "corbridge_version.h"

#include <libxml/parser.h>
#include <libxml/xmlschemas.h>
#include <sqlite3.h>

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static char *join(const char *folder, const char *name)
{
    size_t size = strlen(folder) + strlen(name) + 2;
    char *path = malloc(size);
    assert_non_null(path);
    (void)snprintf(path, size, "%s/%s", folder, name);
    return path;
}

static void test_temp_folder_is_new_and_removed_with_its_content(void **state)
{
    (void)state;
    char *first = test_temp_dir("support");
    char *second = test_temp_dir("support");
    assert_string_not_equal(first, second);
    char *file = join(first, "a.txt");
    FILE *f = fopen(file, "wb");
    assert_non_null(f);
    assert_int_equal(fclose(f), 0);
    test_temp_remove(first);
    assert_null(fopen(file, "rb"));
    test_temp_remove(second);
    test_temp_remove(NULL);
    free(file);
    free(first);
    free(second);
}

/* 3.7.0 to 3.51.2 can corrupt a WAL database with several connections; 3.52.0 was withdrawn. */
static void test_sqlite_is_a_version_without_the_wal_reset_bug(void **state)
{
    (void)state;
    assert_int_equal(sqlite3_libversion_number(), SQLITE_VERSION_NUMBER);
    assert_true(sqlite3_libversion_number() >= 3051003);
    assert_int_not_equal(sqlite3_libversion_number(), 3052000);
    assert_int_equal(strncmp(CORBRIDGE_VERSION_SQLITE, SQLITE_VERSION, strlen(SQLITE_VERSION)), 0);
    assert_int_equal(sqlite3_threadsafe(), 2);
    assert_true(sqlite3_compileoption_used("DEFAULT_WAL_SYNCHRONOUS=2"));
    assert_true(sqlite3_compileoption_used("DQS=0"));
    assert_true(sqlite3_compileoption_used("OMIT_LOAD_EXTENSION"));
}

static void test_libxml2_checks_against_a_schema(void **state)
{
    (void)state;
    static const char xsd[] = "<xs:schema xmlns:xs='http://www.w3.org/2001/XMLSchema'>"
                              "<xs:element name='n' type='xs:int'/></xs:schema>";
    LIBXML_TEST_VERSION
    xmlSchemaParserCtxtPtr parser = xmlSchemaNewMemParserCtxt(xsd, (int)sizeof xsd - 1);
    xmlSchemaPtr schema = xmlSchemaParse(parser);
    assert_non_null(schema);
    xmlDocPtr doc = xmlReadMemory("<n>7</n>", 8, "n.xml", NULL, XML_PARSE_NONET);
    assert_non_null(doc);
    xmlSchemaValidCtxtPtr valid = xmlSchemaNewValidCtxt(schema);
    assert_int_equal(xmlSchemaValidateDoc(valid, doc), 0);
    xmlSchemaFreeValidCtxt(valid);
    xmlFreeDoc(doc);
    xmlSchemaFree(schema);
    xmlSchemaFreeParserCtxt(parser);
    xmlCleanupParser();
}

int main(void)
{
    test_main_init();
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_temp_folder_is_new_and_removed_with_its_content),
        cmocka_unit_test(test_sqlite_is_a_version_without_the_wal_reset_bug),
        cmocka_unit_test(test_libxml2_checks_against_a_schema),
    };
    return cmocka_run_group_tests_name("support", tests, NULL, NULL);
}
