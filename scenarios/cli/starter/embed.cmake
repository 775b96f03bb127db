# embed.cmake: writes files as C, the list that scenarios/cli/starter.h declares:
#   cmake -DFOLDER=… -DNAMES=a|b -DOUT=FILE.c -P embed.cmake
# SPDX-License-Identifier: MIT
string(REPLACE "|" ";" names "${NAMES}")
set(arrays "")
set(rows "")
set(number 0)
foreach(name ${names})
    file(READ ${FOLDER}/${name} bytes HEX)
    string(REGEX REPLACE "(..)" "0x\\1," bytes "${bytes}")
    string(APPEND arrays "static const unsigned char file_${number}[] = {${bytes}};\n")
    string(APPEND rows "    {\"${name}\", file_${number}, sizeof file_${number}},\n")
    math(EXPR number "${number} + 1")
endforeach()
file(WRITE ${OUT} "/* Made by embed.cmake. */\n#include \"scenarios/cli/starter.h\"\n\n${arrays}\n"
    "const rs_starter_file rs_starter_files[] = {\n${rows}    {0, 0, 0},\n};\n")
