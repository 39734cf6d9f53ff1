import { Component, type ReactNode, useId } from "react";

interface Props {
  title: string;
  /** Stands beside the title, at the right. */
  aside?: ReactNode;
  children: ReactNode;
  /** Shown in place of what cannot be drawn. */
  broken: (again: () => void) => ReactNode;
  isBusy?: boolean;
}

/** A titled part of the card. What breaks in it stays in it. */
export function Panel({ title, aside, children, broken, isBusy }: Props) {
  const id = useId();
  return (
    <section className="dsc-panel" aria-labelledby={id} aria-busy={isBusy ?? false}>
      <div className="dsc-panel__head">
        <h3 className="dsc-panel__title" id={id}>
          {title}
        </h3>
        <Boundary broken={() => null}>{aside}</Boundary>
      </div>
      <Boundary broken={broken}>{children}</Boundary>
    </section>
  );
}

class Boundary extends Component<Pick<Props, "children" | "broken">, { isBroken: boolean }> {
  override state = { isBroken: false };

  static getDerivedStateFromError() {
    return { isBroken: true };
  }

  override render() {
    const { broken, children } = this.props;
    return this.state.isBroken ? broken(() => this.setState({ isBroken: false })) : children;
  }
}
