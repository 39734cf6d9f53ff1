/** As much of Twig as small templates need: `{{ a.b }}`, always escaped. */
export function twig(template: string, data: object): string {
  return template.replace(/\{\{\s*([\w.]+)\s*(?:\|\s*\w+\s*)?\}\}/g, (_, path: string) =>
    escapeHtml(valueAt(data, path)),
  );
}

/** `/tmpl/controls/….twig`, the controls that every widget may use. */
export const SYSTEM_CONTROLS: Record<string, string> = {
  button:
    '<button type="button" class="button-input {{class_name}}" id="{{id}}"><span class="button-input-inner">{{text}}</span></button>',
  input:
    '<input type="text" class="text-input {{class_name}}" name="{{name}}" id="{{id}}" value="{{value}}" placeholder="{{placeholder}}">',
  textarea:
    '<textarea class="text-input text-input-textarea {{class_name}}" name="{{name}}" id="{{id}}">{{value}}</textarea>',
  checkbox:
    '<label class="control-checkbox {{class_name}}"><input type="checkbox" name="{{name}}" id="{{id}}">{{text}}</label>',
};

function valueAt(data: object, path: string): string {
  let at: unknown = data;
  for (const step of path.split(".")) at = (at as Record<string, unknown> | undefined)?.[step];
  return at === undefined || at === null ? "" : String(at);
}

function escapeHtml(text: string): string {
  return text.replace(/[&<>"']/g, (character) => `&#${character.charCodeAt(0)};`);
}
