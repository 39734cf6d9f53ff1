import type { MergeProposal, MergeProposals } from "@dealscope/shared/intake";
import { useWords } from "../../i18n/words.ts";
import { Button } from "../../ui/button.tsx";
import { INTAKE } from "../kit/addresses.ts";
import { useAction, useAnswer, useKnown } from "../kit/asking.ts";
import { Box, Failure, Loaded } from "../kit/box.tsx";

const PROPOSALS = `${INTAKE}/merge-proposals`;
const AGAIN_MS = 10_000;
const CARDS = { contact: "contacts", company: "companies" } as const;

/** Contacts and companies that may be the same. Merging is done by a person, in Kommo. */
export function ProposalsBox() {
  const words = useWords();
  const known = useKnown();
  const query = useAnswer<MergeProposals>(PROPOSALS, { again: () => AGAIN_MS });
  const dismiss = useAction<MergeProposals, number>(
    (ask, id) => ask(`${PROPOSALS}/${id}/dismiss`, { method: "POST" }),
    (answer) => known.set(PROPOSALS, answer),
  );
  // Mostly there is none, and then nothing to say.
  if (query.data?.proposals.length === 0) return null;
  return (
    <Box title={words.t("intake.proposals")} lead={words.t("intake.proposals_lead")}>
      <Failure error={dismiss.error} />
      <Loaded query={query} widths={[70, 46]}>
        {({ proposals }) => (
          <ul className="dsc-list">
            {proposals.map((proposal) => (
              <li key={proposal.id} className="dsc-list__item dsc-row dsc-row--apart">
                <Proposal proposal={proposal} />
                <Button
                  isBusy={dismiss.isPending && dismiss.variables === proposal.id}
                  onClick={() => dismiss.mutate(proposal.id)}
                >
                  {words.t("intake.not_the_same")}
                </Button>
              </li>
            ))}
          </ul>
        )}
      </Loaded>
    </Box>
  );
}

function Proposal({ proposal }: { proposal: MergeProposal }) {
  const { entity, keptId, keptName, otherIds, otherNames, shared, sharedBy, at } = proposal;
  const words = useWords();
  const link = (id: number, name = "") => (
    <a key={id} className="dsc-link" href={`/${CARDS[entity]}/detail/${id}`}>
      {entity === "company" || name === "" ? words.t(`intake.${entity}`, { id }) : `${name} (${id})`}
    </a>
  );
  return (
    <div>
      <div className="dsc-strong">{words.t(`intake.shared_${sharedBy}`, { shared })}</div>
      <div className="dsc-row">
        {link(keptId, keptName)} <span className="dsc-quiet">{words.t("intake.taken")}</span>
        {otherIds.map((id, place) => link(id, otherNames[place]))}
      </div>
      <time className="dsc-quiet" dateTime={at}>
        {words.when(at, Date.now())}
      </time>
    </div>
  );
}
