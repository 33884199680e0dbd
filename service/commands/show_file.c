#include "service/commands/show_file.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "platform/path.h"
#include "service/commands/output.h"
#include "service/commands/show_hl7.h"
#include "service/commands/shown.h"
#include "service/spool/reason.h"
#include "service/spool/store.h"

/* ---- Gathering ------------------------------------------------------------------------------------------- */

/* The world that has the number. An enum commands_exit; but for COMMANDS_OK it said why. */
static int choose_world(struct shown *shown)
{
    size_t found = 0;
    for (enum database_world world = DATABASE_TEST; world <= DATABASE_LIVE; world++) {
        struct view_file file;
        struct database *db = shown->access.db[world];
        enum database_kind kind =
            db == NULL ? DATABASE_NONE : view_file(db, shown->show->number, &shown->arena, &file);
        if (kind == DATABASE_OK) {
            shown->world = world;
            shown->file = file;
            found++;
        } else if (kind != DATABASE_NONE) {
            return access_failed(&shown->access, world);
        }
    }
    if (found > 1)
        output_error("corbridge show: both worlds have a file of ledger number %" PRId64
                     ": add --live or --test",
                     shown->show->number);
    else if (found == 0)
        output_error("corbridge show: there is no file of ledger number %" PRId64
                     ": corbridge list prints the numbers",
                     shown->show->number);
    return found == 1 ? COMMANDS_OK : found > 1 ? COMMANDS_USAGE : COMMANDS_NOT_FOUND;
}

bool shown_is_whole(const struct shown *shown, const struct view_message *row)
{
    return shown->file.of_many && row->ordinal > shown->file.rows;
}

/* Which messages: those of the row, or the file as a whole and what was not applied of its rows, or all. */
static enum database_kind read_message_rows(struct shown *shown, struct database *db,
                                            struct view_message **whole, size_t *whole_count,
                                            struct view_message **rows, size_t *count)
{
    const struct view_file *file = &shown->file;
    int row = file->of_many ? shown->show->row : 0;
    int last = file->of_many && file->rows < INT32_MAX ? (int)file->rows : INT32_MAX;
    enum database_kind kind = DATABASE_OK;
    *whole_count = 0;
    if (last < INT32_MAX)
        kind =
            view_messages(db, file->number, last + 1, INT32_MAX, false, 1, &shown->arena, whole, whole_count);
    shown->one = *whole_count > 0;
    if (row > 0)
        *whole_count = 0;
    if (kind != DATABASE_OK)
        return kind;
    return view_messages(db, file->number, row > 0 ? row : 1, row > 0 ? row : last, file->of_many && row == 0,
                         SHOWN_MESSAGES_MOST, &shown->arena, rows, count);
}

static enum database_kind read_messages(struct shown *shown, struct database *db)
{
    struct view_message *whole = NULL, *rows = NULL;
    size_t whole_count = 0, count = 0;
    enum database_kind kind = read_message_rows(shown, db, &whole, &whole_count, &rows, &count);
    if (kind != DATABASE_OK)
        return kind;
    shown->message_count = whole_count + count;
    shown->messages = arena_take_array(&shown->arena, shown->message_count + 1, sizeof *shown->messages);
    if (shown->messages == NULL)
        return DATABASE_NO_MEMORY;
    for (size_t i = 0; i < shown->message_count && kind == DATABASE_OK; i++) {
        struct message *message = &shown->messages[i];
        *message = (struct message){.row = i < whole_count ? whole : &rows[i - whole_count]};
        kind = view_faults(db, shown->file.number, message->row->id, SHOWN_READ_MOST, &shown->arena,
                           &message->faults, &message->fault_count);
        if (kind == DATABASE_OK)
            kind = view_changes(db, message->row->id, SHOWN_READ_MOST, &shown->arena, &message->changes,
                                &message->change_count);
    }
    return kind;
}

static enum database_kind read_rows(struct shown *shown, struct database *db)
{
    int64_t number = shown->show->number;
    enum database_kind kind = read_messages(shown, db);
    if (kind == DATABASE_OK)
        kind = view_counts(db, number, &shown->arena, &shown->counts, &shown->count_count);
    if (kind == DATABASE_OK)
        kind =
            view_faults(db, number, 0, SHOWN_READ_MOST, &shown->arena, &shown->faults, &shown->fault_count);
    if (kind == DATABASE_OK)
        kind = view_commands(db, number, SHOWN_READ_MOST, &shown->arena, &shown->commands,
                             &shown->command_count);
    return kind;
}

/* The encoding that the feed names for such files, if it still does. */
static enum encoding named_encoding(const struct shown *shown)
{
    const struct config_feed *feed = config_feed_find(shown->config, shown->file.feed);
    const struct config_match *match = feed != NULL ? config_match_find(feed, shown->file.name) : NULL;
    if (shown->file.encoding != ENCODING_AUTO)
        return shown->file.encoding;
    return match != NULL ? match->encoding : ENCODING_AUTO;
}

/* Below the world's folder; heap. */
static char *path_of(const struct shown *shown, const char *stored)
{
    return path_join(shown->access.paths[shown->world].root, stored);
}

/* Where a row that is wrong was set aside (spool/extract.h), below the world's folder; heap. */
static char *set_aside_name(const struct shown *shown)
{
    char folder[STORE_FOLDER_SIZE];
    size_t size = strlen(shown->file.name) + 24;
    char *name = malloc(size), *stored = NULL, *below = NULL;
    store_folder(STORE_QUARANTINE, shown->file.arrived, folder);
    if (name != NULL) {
        (void)snprintf(name, size, "r%d_%s", shown->show->row, shown->file.name);
        stored = store_name(shown->file.number, name, "");
    }
    if (stored != NULL)
        below = path_join(folder, stored);
    free(stored);
    free(name);
    return below;
}

/* Where the row lies by itself, heap; NULL when it does not, or memory is exhausted. */
static char *extract_path(const struct shown *shown)
{
    const struct view_message *row = shown->message_count > 0 ? shown->messages[0].row : NULL;
    if (row != NULL && row->stored != NULL)
        return path_of(shown, row->stored);
    /* A wrong row of a file that is one message has none of its own: only its extract tells. */
    if (row == NULL ? !shown->one : strcmp(row->state, "quarantined") != 0)
        return NULL;
    char *below = set_aside_name(shown);
    char *path = below != NULL ? path_of(shown, below) : NULL;
    free(below);
    return path;
}

static void say_why_not(struct shown *shown, const char *text)
{
    shown->content.kind = CONTENT_NONE;
    (void)snprintf(shown->content.why, sizeof shown->content.why, "%s", text);
}

/* What it says, from its bytes. False: memory is exhausted. */
static bool read_content(struct shown *shown)
{
    const struct view_file *file = &shown->file;
    const struct show_file *show = shown->show;
    char text[200];
    char row[24] = "";
    if (show->row > 0)
        (void)snprintf(row, sizeof row, " --row %d", show->row);
    if (file->copied_from > 0) {
        (void)snprintf(text, sizeof text,
                       "it is a copy of file %" PRId64
                       " of the live world, where its bytes lie: corbridge show %" PRId64 "%s --live",
                       file->copied_from, file->copied_from, row);
        say_why_not(shown, text);
    } else if (file->in_place) {
        say_why_not(shown,
                    "its bytes still lie in the folder of its feed; they are shown when it is put away");
    } else if (file->stored == NULL) {
        say_why_not(shown, "its bytes lie in no folder of CorBridge");
    } else if (file->of_many && show->row == 0) {
        (void)snprintf(text, sizeof text, "corbridge show %" PRId64 " --row R%s prints what a row says",
                       show->number, shown->world == DATABASE_LIVE ? " --live" : " --test");
        say_why_not(shown, text);
    } else {
        char *extract = show->row > 0 ? extract_path(shown) : NULL;
        const struct content_source source = {
            .file = file,
            .path = shown->path,
            .extract = extract,
            .row = show->row,
            .named = named_encoding(shown),
            .whole = show->whole || show->json,
        };
        bool good = content_read(&source, &shown->arena, &shown->content);
        free(extract);
        return good;
    }
    return true;
}

/* ---- What to do next ------------------------------------------------------------------------------------- */

/* The first message in that state; NULL. */
static const struct view_message *find_state(const struct shown *shown, const char *state)
{
    for (size_t i = 0; i < shown->message_count; i++) {
        if (strcmp(shown->messages[i].row->state, state) == 0)
            return shown->messages[i].row;
    }
    return NULL;
}

void shown_add_next(struct output *out, const struct shown *shown)
{
    const struct view_file *file = &shown->file;
    const char *world = shown->world == DATABASE_LIVE ? "--live" : "--test";
    const struct view_message *held = find_state(shown, "held"), *waiting = find_state(shown, "waiting");
    char row[24] = "";
    if (held != NULL && shown_is_whole(shown, held))
        row[0] = '\0'; /* it is decided as a whole */
    else if (shown->show->row > 0 && file->of_many)
        (void)snprintf(row, sizeof row, " --row %d", shown->show->row);
    else if (file->of_many)
        (void)snprintf(row, sizeof row, " --row R");
    if (strcmp(file->state, "claimed") == 0) {
        output_add(out, "nothing: it is being worked on, or is when the service runs\n");
    } else if (strcmp(file->state, "vanished") == 0) {
        output_add(out, "where it is missed, have it sent again: it comes as a new file\n");
    } else if (held != NULL && file->copied_from > 0) {
        output_add(out, "decide in the live world, which the test world follows\n");
    } else if (held != NULL) {
        output_add(out, "corbridge release %" PRId64 "%s %s  has it applied\n", file->number, row, world);
        output_add(out, "corbridge reject %" PRId64 "%s %s --reason \"why\"  ends it without\n", file->number,
                   row, world);
    } else if (waiting != NULL) {
        output_add(out, "nothing: it is %s comes, and goes to quarantine when it has waited too long\n",
                   strcmp(waiting->kind, "photo") == 0 ? "filed when an event whose PhotoPath names it"
                                                       : "applied when its booking");
    } else if (find_state(shown, "unmatched") != NULL) {
        output_add(out, "nothing: it is filed when its patient comes\n");
    } else if (find_state(shown, "quarantined") != NULL) {
        const char *sentence = file->reason == NULL || strcmp(file->reason, "faults") == 0
                                   ? NULL
                                   : reason_find_sentence(file->reason);
        output_add(out, "%s\n",
                   sentence != NULL ? sentence
                   : file->of_many
                       ? "ask the sender to mend what is wrong in those rows, and to send the file anew"
                       : "ask the sender to mend what is wrong, and to send it again as a new file");
    }
}

/* ---- What both forms share ------------------------------------------------------------------------------- */

void shown_format_hash(const struct view_file *file, char out[SHA256_SIZE * 2 + 1])
{
    out[0] = '\0';
    for (size_t i = 0; i < SHA256_SIZE && file->hashed; i++)
        (void)snprintf(out + 2 * i, 3, "%02x", (unsigned)file->sha256[i]);
}

/* HL7 prints itself, message by message. */
int shown_print_hl7(const struct shown *shown)
{
    struct show_hl7 hl7 = {
        .settings = hl7_settings_default(), .json = shown->show->json, .whole = shown->show->whole};
    return show_hl7_bytes(&hl7, shown->content.bytes);
}

/* ---- The command ----------------------------------------------------------------------------------------- */

/* Whether --row fits the file; else it said why not. */
static bool check_row(const struct shown *shown)
{
    const struct view_file *file = &shown->file;
    bool fits = file->of_many ? shown->show->row <= file->rows : content_has_columns(file->format);
    if (shown->show->row == 0 || fits)
        return true;
    if (file->of_many)
        output_error("corbridge show: file %" PRId64 " has %" PRId64
                     " rows, counted from 1 without the header",
                     file->number, file->rows);
    else
        output_error("corbridge show: file %" PRId64 " is one message: leave --row out", file->number);
    return false;
}

static int look(struct shown *shown)
{
    int exit = choose_world(shown);
    if (exit != COMMANDS_OK)
        return exit;
    if (!check_row(shown))
        return COMMANDS_NOT_FOUND;
    if (!access_note(&shown->access, shown->world, shown->show->number))
        return COMMANDS_FAILED;
    if (read_rows(shown, shown->access.db[shown->world]) != DATABASE_OK)
        return access_failed(&shown->access, shown->world);
    if (shown->file.stored != NULL)
        shown->path = path_of(shown, shown->file.stored);
    if ((shown->file.stored != NULL && shown->path == NULL) || !read_content(shown)) {
        output_error("corbridge show: memory is exhausted: end other programs and try again");
        return COMMANDS_FAILED;
    }
    return shown->show->json ? shown_print_json(shown) : shown_print_text(shown);
}

int show_file(const struct show_file *show, const struct config *config)
{
    struct shown shown = {.show = show, .config = config};
    arena_init(&shown.arena, 0);
    when_init(&shown.when, config, show->utc);
    int exit = access_init(&shown.access, &command_show, config, show->live, show->test);
    if (exit == COMMANDS_OK)
        exit = look(&shown);
    content_release(&shown.content);
    free(shown.path);
    access_release(&shown.access);
    arena_release(&shown.arena);
    return exit;
}
