# With nothing but the defaults: nothing public, everything encrypted, every role with the least.

mock_provider "aws" {
  source = "./tests/aws"
}

variables {
  image_tag   = "0123456789ab"
  alarm_email = "somebody@example.com"
}

run "defaults" {
  # --- Nothing is public

  assert {
    condition     = !aws_db_instance.this.publicly_accessible
    error_message = "The database must not be public."
  }
  assert {
    condition     = toset(aws_db_subnet_group.this.subnet_ids) == toset(aws_subnet.private[*].id)
    error_message = "The database belongs in the private subnets."
  }
  assert {
    condition     = length(aws_route.private_to_nat) == 0
    error_message = "The private subnets must have no way out unless there is a NAT."
  }
  assert {
    condition     = alltrue([for subnet in concat(aws_subnet.public, aws_subnet.private) : !coalesce(subnet.map_public_ip_on_launch, false)])
    error_message = "No subnet may give out public IPs by itself."
  }
  assert {
    condition = (
      aws_vpc_security_group_ingress_rule.database_from_task.referenced_security_group_id == aws_security_group.task.id
      && aws_vpc_security_group_ingress_rule.database_from_task.cidr_ipv4 == null
      && aws_vpc_security_group_ingress_rule.database_from_task.from_port == 5432
      && aws_vpc_security_group_ingress_rule.database_from_task.to_port == 5432
    )
    error_message = "Only the task may reach the database, and only its port."
  }
  assert {
    condition     = aws_vpc_security_group_egress_rule.task_to_https.from_port == 443 && aws_vpc_security_group_egress_rule.task_to_https.to_port == 443
    error_message = "The task may call out by HTTPS only."
  }
  assert {
    condition = alltrue([
      aws_s3_bucket_public_access_block.this.block_public_acls,
      aws_s3_bucket_public_access_block.this.block_public_policy,
      aws_s3_bucket_public_access_block.this.ignore_public_acls,
      aws_s3_bucket_public_access_block.this.restrict_public_buckets,
      one(aws_s3_bucket_ownership_controls.this.rule).object_ownership == "BucketOwnerEnforced",
    ])
    error_message = "All public access to the bucket must be blocked."
  }

  # --- TLS only, encrypted, restorable

  assert {
    condition     = one([for p in aws_db_parameter_group.this.parameter : p.value if p.name == "rds.force_ssl"]) == "1"
    error_message = "The database must refuse connections without TLS."
  }
  assert {
    condition = jsondecode(aws_s3_bucket_policy.tls_only.policy).Statement == [{
      Sid       = "TlsOnly"
      Effect    = "Deny"
      Principal = "*"
      Action    = "s3:*"
      Resource  = [aws_s3_bucket.this.arn, "${aws_s3_bucket.this.arn}/*"]
      Condition = { Bool = { "aws:SecureTransport" = "false" } }
    }]
    error_message = "The bucket must refuse requests without TLS."
  }
  assert {
    condition     = aws_db_instance.this.storage_encrypted && aws_sqs_queue.missed_starts.sqs_managed_sse_enabled
    error_message = "The database and the queue must be encrypted."
  }
  assert {
    condition     = one(one(aws_s3_bucket_server_side_encryption_configuration.this.rule).apply_server_side_encryption_by_default).sse_algorithm == "AES256"
    error_message = "The bucket must be encrypted."
  }
  assert {
    condition     = one(aws_s3_bucket_versioning.this.versioning_configuration).status == "Enabled"
    error_message = "A .env that was overwritten must be there still."
  }
  assert {
    condition = (
      aws_db_instance.this.deletion_protection && aws_db_instance.this.backup_retention_period == 7
      && !aws_db_instance.this.skip_final_snapshot
      && !aws_s3_bucket.this.force_destroy && !aws_ecr_repository.this.force_delete
    )
    error_message = "The database must be backed up, and nothing be deleted by mistake."
  }
  assert {
    condition = (
      aws_db_instance.this.manage_master_user_password && aws_db_instance.this.password == null
      && aws_db_instance.this.iam_database_authentication_enabled
    )
    error_message = "No password of the database may pass through Terraform."
  }
  assert {
    condition     = aws_db_instance.this.engine_version == "17" && aws_db_instance.this.auto_minor_version_upgrade && aws_db_instance.this.engine_lifecycle_support == "open-source-rds-extended-support-disabled"
    error_message = "The major version is ours, minor ones come by themselves, and none is paid for when it is old."
  }
  assert {
    condition     = aws_db_instance.this.apply_immediately
    error_message = "What is changed about the database must not wait for its maintenance window."
  }

  # --- The image and its container

  assert {
    condition     = aws_ecr_repository.this.image_tag_mutability == "IMMUTABLE" && one(aws_ecr_repository.this.image_scanning_configuration).scan_on_push
    error_message = "A tag must mean one image for ever, and images must be scanned."
  }
  assert {
    condition = alltrue([for task in [aws_ecs_task_definition.run, aws_ecs_task_definition.bootstrap] : alltrue([
      for container in jsondecode(task.container_definitions) : alltrue([
        container.user == "10001:10001", container.readonlyRootFilesystem, !container.privileged,
        container.linuxParameters.capabilities.drop == ["ALL"],
        container.linuxParameters.initProcessEnabled, container.stopTimeout == 120,
        container.mountPoints == [{ sourceVolume = "data", containerPath = "/data", readOnly = false }],
        container.logConfiguration.options.mode == "blocking",
        endswith(container.image, ":0123456789ab"),
      ])
    ])])
    error_message = "Containers must be non-root, without capabilities, read-only but for /data."
  }
  assert {
    condition = !can(regex("(?i)password|secret|token", join(" ", [
      for variable in jsondecode(aws_ecs_task_definition.run.container_definitions)[0].environment : variable.name
    ])))
    error_message = "No secret may be in the task definition."
  }
  assert {
    condition = {
      for variable in jsondecode(aws_ecs_task_definition.run.container_definitions)[0].environment : variable.name => variable.value
      } == {
      AWS_DEFAULT_REGION = "eu-central-1"
      LOG_FORMAT         = "json"
      PGHOST             = "spotify-elt.abcdef.eu-central-1.rds.amazonaws.com"
      PGPORT             = "5432"
      PGDATABASE         = "spotify"
      PGUSER             = "spotify_elt"
      PGSSLMODE          = "verify-full"
      PG_IAM_AUTH        = "true"
      ENV_FILE           = "s3://spotify-elt-123456789012-eu-central-1/.env"
      ARTEFACTS_URL      = "s3://spotify-elt-123456789012-eu-central-1/runs"
    }
    error_message = "The run's environment is not what the loader reads."
  }
  assert {
    condition = {
      for variable in jsondecode(aws_ecs_task_definition.bootstrap.container_definitions)[0].environment : variable.name => variable.value
      } == {
      AWS_DEFAULT_REGION = "eu-central-1"
      LOG_FORMAT         = "json"
      PGHOST             = "spotify-elt.abcdef.eu-central-1.rds.amazonaws.com"
      PGPORT             = "5432"
      PGDATABASE         = "spotify"
      PGUSER             = "spotify_elt"
      PGSSLMODE          = "verify-full"
      MASTER_SECRET_ARN  = "arn:aws:secretsmanager:eu-central-1:123456789012:secret:rds-master"
    }
    error_message = "The bootstrap's environment is not what it reads."
  }

  # --- Least privilege

  assert {
    condition = jsondecode(aws_iam_role_policy.execution.policy).Statement == [
      { Effect = "Allow", Action = "ecr:GetAuthorizationToken", Resource = "*" },
      { Effect = "Allow", Action = ["ecr:BatchGetImage", "ecr:GetDownloadUrlForLayer"], Resource = aws_ecr_repository.this.arn },
      { Effect = "Allow", Action = ["logs:CreateLogStream", "logs:PutLogEvents"], Resource = "${aws_cloudwatch_log_group.task.arn}:*" },
    ]
    error_message = "The execution role may do more than start the container."
  }
  assert {
    condition = jsondecode(aws_iam_role_policy.run.policy).Statement == [
      { Effect = "Allow", Action = "rds-db:connect", Resource = "arn:aws:rds-db:eu-central-1:123456789012:dbuser:db-ABCDEF/spotify_elt" },
      { Effect = "Allow", Action = "s3:PutObject", Resource = "${aws_s3_bucket.this.arn}/runs/*" },
      { Effect = "Allow", Action = ["s3:GetObject", "s3:PutObject"], Resource = "${aws_s3_bucket.this.arn}/.env" },
    ]
    error_message = "A run may do more than it needs."
  }
  assert {
    condition = jsondecode(aws_iam_role_policy.bootstrap.policy).Statement == [
      { Effect = "Allow", Action = "secretsmanager:GetSecretValue", Resource = "arn:aws:secretsmanager:eu-central-1:123456789012:secret:rds-master" },
    ]
    error_message = "The bootstrap may read the master's secret and nothing else."
  }
  assert {
    condition = jsondecode(aws_iam_role_policy.scheduler.policy).Statement == [
      {
        Effect    = "Allow", Action = "ecs:RunTask", Resource = "${aws_ecs_task_definition.run.arn_without_revision}:*"
        Condition = { ArnEquals = { "ecs:cluster" = aws_ecs_cluster.this.arn } }
      },
      {
        Effect    = "Allow", Action = "iam:PassRole", Resource = [aws_iam_role.execution.arn, aws_iam_role.run.arn]
        Condition = { StringEquals = { "iam:PassedToService" = "ecs-tasks.amazonaws.com" } }
      },
      { Effect = "Allow", Action = "sqs:SendMessage", Resource = aws_sqs_queue.missed_starts.arn },
    ]
    error_message = "The scheduler may do more than start runs in its cluster."
  }
  assert {
    condition = alltrue([for role in [aws_iam_role.execution, aws_iam_role.run, aws_iam_role.bootstrap, aws_iam_role.scheduler] :
      jsondecode(role.assume_role_policy).Statement[0].Condition == { StringEquals = { "aws:SourceAccount" = "123456789012" } }
    ])
    error_message = "A role may be taken on behalf of this account only."
  }
  assert {
    condition = jsondecode(aws_sns_topic_policy.alarms.policy).Statement == [
      {
        Sid    = "FailedRuns", Effect = "Allow", Principal = { Service = "events.amazonaws.com" }
        Action = "sns:Publish", Resource = aws_sns_topic.alarms.arn
      },
      {
        Sid       = "Alarms", Effect = "Allow", Principal = { Service = "cloudwatch.amazonaws.com" }
        Action    = "sns:Publish", Resource = aws_sns_topic.alarms.arn
        Condition = { StringEquals = { "aws:SourceAccount" = "123456789012" } }
      },
    ]
    error_message = "Only AWS's alarms may publish to the topic, and EventBridge's may have no condition."
  }

  # --- What costs money is off, what tells of failures is on

  assert {
    condition     = length(aws_nat_gateway.this) == 0 && !aws_db_instance.this.multi_az && length(aws_secretsmanager_secret.config) == 0
    error_message = "NAT, Multi-AZ and the secret must be off by default."
  }
  assert {
    condition = (
      toset(one(aws_scheduler_schedule.run.target[0].ecs_parameters[0].network_configuration).subnets) == toset(aws_subnet.public[*].id)
      && one(aws_scheduler_schedule.run.target[0].ecs_parameters[0].network_configuration).assign_public_ip
      && one(aws_scheduler_schedule.run.target[0].ecs_parameters[0].capacity_provider_strategy).capacity_provider == "FARGATE"
    )
    error_message = "By default a task runs on Fargate in a public subnet with a public IP."
  }
  assert {
    condition = (
      aws_scheduler_schedule.run.state == "ENABLED"
      && one(aws_scheduler_schedule.run.target[0].retry_policy).maximum_retry_attempts == 10
      && one(aws_scheduler_schedule.run.target[0].dead_letter_config).arn == aws_sqs_queue.missed_starts.arn
    )
    error_message = "A start that fails must be tried again, and then be kept."
  }
  assert {
    condition = (
      aws_cloudwatch_metric_alarm.no_success[0].treat_missing_data == "breaching"
      && aws_cloudwatch_metric_alarm.no_success[0].evaluation_periods == 26
      && toset(aws_cloudwatch_metric_alarm.no_success[0].alarm_actions) == toset([aws_sns_topic.alarms.arn])
      && toset(aws_cloudwatch_metric_alarm.missed_start.alarm_actions) == toset([aws_sns_topic.alarms.arn])
      && aws_cloudwatch_event_target.failed_run.arn == aws_sns_topic.alarms.arn
    )
    error_message = "Somebody must be told of a run that failed, that never started, and of a day without one."
  }
}
