import Handlebars from 'handlebars';

/** Our own Handlebars, so that nobody's globally registered helper can change what a mail says. */
const handlebars = Handlebars.create();

/**
 * A piece of HTML with its placeholders. Values are escaped by default, a name that the view does not have is an error
 * instead of a blank, and only the built-in helpers exist.
 */
export function html<View>(source: string): (view: View) => string {
  return handlebars.compile<View>(source, { strict: true, knownHelpersOnly: true });
}
