/** Says something in Kommo's own corner, where a person looks after having clicked. */
export function notify(header: string, text: string) {
  window.APP?.notifications?.show_message?.({ header, text });
}
