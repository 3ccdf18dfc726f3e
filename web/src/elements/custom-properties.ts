/**
 * A directive that sets CSS custom properties through the CSSOM.
 *
 * Lit's `styleMap` writes a style attribute at the first render, which a strict CSP forbids.
 */
import { noChange } from "lit";
import { Directive, directive, type ElementPart } from "lit/directive.js";

export type CustomProperties = Readonly<Record<`--${string}`, string>>;

class CustomPropertiesDirective extends Directive {
  #set: CustomProperties = {};

  override render(properties: CustomProperties): typeof noChange {
    this.#set = properties;
    return noChange;
  }

  override update(part: ElementPart, [properties]: [CustomProperties]): typeof noChange {
    const { style } = part.element as HTMLElement;
    for (const [name, value] of Object.entries(properties) as [`--${string}`, string][]) {
      if (this.#set[name] !== value) style.setProperty(name, value);
    }
    return this.render(properties);
  }
}

/** Used inside an opening tag: `<li ${customProperties({ "--ratio": "1.5" })}>`; the names must stay the same. */
export const customProperties = directive(CustomPropertiesDirective);
