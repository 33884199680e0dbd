#include "service/config_photos.h"

#include <stdlib.h>
#include <string.h>

#include "parser/slice.h"
#include "service/config_read.h"
#include "service/config_rules.h"

/* Defaults and limits; docs/configuration.md lists them. */
#define SECOND             ((uint32_t)1000)
#define MINUTE             (60 * SECOND)
#define HOUR               (60 * MINUTE)
#define KB                 ((uint64_t)1024)
#define MB                 (1024 * KB)
#define DEFAULT_CONNECT_MS (10 * SECOND)
#define DEFAULT_TOTAL_MS   (60 * SECOND)
#define DEFAULT_RETRY_MS   (5 * MINUTE)
#define DEFAULT_GIVE_UP_MS (72 * HOUR)
#define DEFAULT_SIZE       (10 * MB)
#define MOST_SIZE          (64 * MB)
#define DEFAULT_MEGAPIXELS 50u
#define HTTPS_PORT         443u
#define HTTP_PORT          80u

#define SUBJECT_SIZE 300

/* It is there and has a fault, which has been said. */
static bool is_bad(const struct config_element *element, const char *name)
{
    const struct config_attribute *attribute = config_attribute_find(element, name);
    return attribute != NULL && attribute->bad;
}

static void read_host(struct config_reading *reading, const struct config_element *element,
                      struct config_photos *photos, struct http_host *hosts)
{
    const char *name = config_attribute_value(element, "name");
    if (name == NULL || is_bad(element, "scheme") || is_bad(element, "port"))
        return;
    struct http_host host = {.name = name,
                             .plain = strcmp(config_value_or(element, "scheme", "https"), "http") == 0,
                             .allow_private =
                                 strcmp(config_value_or(element, "private-addresses", "no"), "yes") == 0};
    host.port = config_read_count(element, "port", host.plain ? HTTP_PORT : HTTPS_PORT);
    for (size_t i = 0; i < photos->http.host_count; i++)
        if (hosts[i].plain == host.plain && hosts[i].port == host.port &&
            slice_equal_nocase(slice_of(hosts[i].name), slice_of(name))) {
            config_fault_add(
                reading, element->line,
                "photos, host '%s': stands there already with this scheme and port: keep one of them", name);
            return;
        }
    hosts[photos->http.host_count++] = host;
}

static void read_root(struct config_reading *reading, const struct config_element *element,
                      struct config_photos *photos, const char **roots)
{
    const char *folder = config_attribute_value(element, "folder");
    if (folder != NULL && config_check_folder(reading, config_attribute_line(element, "folder"),
                                              "photos, root", "folder", folder))
        roots[photos->root_count++] = folder;
}

static void read_places(struct config_reading *reading, const struct config_element *element,
                        struct config_photos *photos)
{
    size_t count = 1;
    for (const struct config_element *e = element->children; e != NULL; e = e->next)
        count++;
    struct http_host *hosts = arena_take_array(&reading->config->arena, count, sizeof *hosts);
    const char **roots = arena_take_array(&reading->config->arena, count, sizeof *roots);
    if (hosts == NULL || roots == NULL) {
        reading->no_memory = true;
        return;
    }
    for (const struct config_element *e = element->children; e != NULL; e = e->next) {
        if (strcmp(e->name, "host") == 0)
            read_host(reading, e, photos, hosts);
        else if (strcmp(e->name, "root") == 0)
            read_root(reading, e, photos, roots);
    }
    photos->http.hosts = hosts;
    photos->roots = roots;
    if (element->children == NULL && !element->lacking)
        config_fault_add(
            reading, element->line,
            "photos: names no place from where photos may be fetched: add for example <root "
            "folder=\"\\\\server\\photos\"/> or <host name=\"photos.example.org\"/>, or take <photos> out");
}

static void read_certificates(struct config_reading *reading, const struct config_element *element,
                              struct config_photos *photos)
{
    const char *file = config_attribute_value(element, "certificates");
    if (file != NULL && config_check_folder(reading, config_attribute_line(element, "certificates"), "photos",
                                            "certificates", file))
        photos->http.certificates = file;
}

void config_read_photos(struct config_reading *reading, const struct config_element *root)
{
    struct config_photos *photos = &reading->config->photos;
    const struct config_element *element = root->children;
    while (element != NULL && strcmp(element->name, "photos") != 0)
        element = element->next;
    *photos = (struct config_photos){
        .http = {.connect_ms = DEFAULT_CONNECT_MS,
                 .total_ms = DEFAULT_TOTAL_MS,
                 .size = (size_t)DEFAULT_SIZE},
        .pixels = DEFAULT_MEGAPIXELS * UINT64_C(1000000),
        .retry_ms = DEFAULT_RETRY_MS,
        .give_up_ms = DEFAULT_GIVE_UP_MS,
    };
    if (element == NULL)
        return;
    photos->configured = true;
    photos->http.connect_ms =
        config_read_duration(reading, element, "connect", DEFAULT_CONNECT_MS, 100, 5 * MINUTE);
    photos->http.total_ms =
        config_read_duration(reading, element, "time-out", DEFAULT_TOTAL_MS, 100, 10 * MINUTE);
    photos->http.size = (size_t)config_read_size(reading, element, "size-limit", DEFAULT_SIZE, KB, MOST_SIZE);
    photos->pixels = config_read_count(element, "megapixels", DEFAULT_MEGAPIXELS) * UINT64_C(1000000);
    photos->retry_ms = config_read_duration(reading, element, "retry", DEFAULT_RETRY_MS, 100, 24 * HOUR);
    photos->give_up_ms =
        config_read_duration(reading, element, "give-up", DEFAULT_GIVE_UP_MS, SECOND, 1000 * HOUR);
    photos->refetch = strcmp(config_value_or(element, "refetch", "no"), "yes") == 0;
    read_certificates(reading, element, photos);
    read_places(reading, element, photos);
}
