/**
 * CSS custom properties of an element, set through the CSSOM.
 *
 * Lit's own `styleMap` writes a style attribute when an element is first drawn, which a strict CSP forbids.
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

/** Used inside an opening tag: `<li ${customProperties({ "--ratio": "1.5" })}>`; always with the same names. */
export const customProperties = directive(CustomPropertiesDirective);
