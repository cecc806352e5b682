-- How a decision came by the certificate that it names: the page showed it, or a batch compared it. Before that the
-- latest one was named, whichever the page had shown.
ALTER TABLE act_licence ADD COLUMN how TEXT NOT NULL DEFAULT 'latest' CHECK (how IN ('shown', 'checked', 'latest'));
