/* The module `linux`: every group's functions, and `args`, the arguments after the script's name. */
#include "values.h"

static const FunctionGroup *const groups[] = {
    &process_functions,  &file_functions, &tree_functions, &socket_functions,
    &terminal_functions, &clock_functions, &text_functions, &loop_functions,
    &call_functions,
};

static int argument_count;
static char **arguments;

static int export_values(JSContext *ctx, JSModuleDef *module) {
  JSValue list = JS_NewArray(ctx);
  for (int i = 0; i < argument_count; i++) JS_SetPropertyUint32(ctx, list, i, JS_NewString(ctx, arguments[i]));
  for (int i = 0; i < COUNT(groups); i++)
    if (JS_SetModuleExportList(ctx, module, groups[i]->functions, groups[i]->count)) return -1;
  return JS_SetModuleExport(ctx, module, "args", list);
}

JSModuleDef *linux_module(JSContext *ctx, int argc, char **argv) {
  argument_count = argc;
  arguments = argv;
  JSModuleDef *module = JS_NewCModule(ctx, "linux", export_values);
  if (!module) return NULL;
  for (int i = 0; i < COUNT(groups); i++) JS_AddModuleExportList(ctx, module, groups[i]->functions, groups[i]->count);
  JS_AddModuleExport(ctx, module, "args");
  return module;
}
