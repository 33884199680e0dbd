/* The program where main takes UTF-8; under Windows service/windows/main.c stands in its place. */
#include "service/commands/commands.h"

int main(int argc, char **argv)
{
    return commands_main(argc, argv);
}
