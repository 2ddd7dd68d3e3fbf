alter table otree_ego_thread add column forgotten FLOAT;
alter table otree_ego_message add column forgotten FLOAT;
alter table otree_ego_message add column pseudonymised FLOAT;
alter table otree_ego_decision add column forgotten FLOAT;
alter table otree_ego_decision add column pseudonymised FLOAT;
